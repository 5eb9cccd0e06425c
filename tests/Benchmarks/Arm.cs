namespace Mneme.Benchmarks;

/// <summary>One way to train, at one number of lanes.</summary>
internal abstract class Arm(string name, int lanes) : IDisposable
{
    internal string Name { get; } = name;

    internal int Lanes { get; } = lanes;

    /// <summary>Cores it uses; rates are compared per core.</summary>
    internal virtual int Cores => 1;

    /// <summary>Growth of the resident memory by making and warming the arm, over its lanes.
    /// </summary>
    internal abstract long BytesPerLane { get; }

    /// <summary>Trains for about so long.</summary>
    internal abstract Stint Run(double seconds);

    public abstract void Dispose();
}

/// <summary>What an arm did in one turn. CPU time tells more than wall time beside busy
/// neighbours.</summary>
internal readonly record struct Stint(double TrialSteps, double Seconds, double CpuSeconds)
{
    internal double PerSecond => TrialSteps / Seconds;

    internal double PerCpuSecond => TrialSteps / CpuSeconds;
}
