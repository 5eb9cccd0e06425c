namespace Mneme.Benchmarks;

/// <summary>An arm and its stints of all rounds.</summary>
internal sealed class Measured(Arm arm, int itemsPerStep)
{
    private readonly List<Stint> stints = [];

    internal string Name => arm.Name;

    internal int Lanes => arm.Lanes;

    internal int Cores => arm.Cores;

    internal long BytesPerLane => arm.BytesPerLane;

    /// <summary>Sequences or tokens read in a second of CPU time, per core.</summary>
    internal double ItemsPerCpuSecond => PerCpuSecond * itemsPerStep;

    internal double PerSecond => Median(stints.Select(s => s.PerSecond));

    /// <summary>Per second of CPU time and per core.</summary>
    internal double PerCpuSecond => Median(stints.Select(s => s.PerCpuSecond / arm.Cores));

    /// <summary>Lowest and highest rate over the rounds, as parts of the median.</summary>
    internal (double Low, double High) Spread =>
        (stints.Min(s => s.PerSecond) / PerSecond, stints.Max(s => s.PerSecond) / PerSecond);

    internal void Turn(double seconds) => stints.Add(arm.Run(seconds));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
