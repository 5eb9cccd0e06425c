using System.Diagnostics;

namespace Mneme.Benchmarks;

/// <summary>A step of ours, in this process.</summary>
internal sealed class OwnArm : Arm
{
    private readonly Action step;
    private readonly IDisposable owner;

    internal OwnArm(string name, int lanes, Func<int, (Action Step, IDisposable Owner)> make)
        : base(name, lanes)
    {
        long before = Process.Resident();
        (step, owner) = make(lanes);
        var warming = Stopwatch.StartNew();
        for (int i = 0; i < 3 || (i < 100 && warming.Elapsed.TotalSeconds < 2); i++) step();
        BytesPerLane = Math.Max(0, Process.Resident() - before) / lanes;
    }

    internal override long BytesPerLane { get; }

    internal override Stint Run(double seconds)
    {
        double cpu = Process.ThreadCpuSeconds();
        var watch = Stopwatch.StartNew();
        double steps = 0;
        for (; watch.Elapsed.TotalSeconds < seconds; steps++) step();
        return new(steps * Lanes, watch.Elapsed.TotalSeconds, Process.ThreadCpuSeconds() - cpu);
    }

    public override void Dispose() => owner.Dispose();
}
