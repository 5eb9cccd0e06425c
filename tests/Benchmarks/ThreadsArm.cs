using System.Collections.Concurrent;
using Mneme.Worker.Torch;

namespace Mneme.Benchmarks;

/// <summary>A cohort on each core, as a worker runs them: one training thread for each.</summary>
internal sealed class ThreadsArm : Arm
{
    private readonly List<BlockingCollection<double>> turns = [];
    private readonly BlockingCollection<Stint> stints = [];
    private readonly List<Thread> threads = [];
    private long bytesPerLane;

    internal ThreadsArm(string name, int lanes, int cohorts, Func<OwnArm> make) : base(name, lanes)
    {
        for (int i = 0; i < cohorts; i++)
        {
            var turn = new BlockingCollection<double>();
            var thread = new Thread(() => Train(make, turn)) { IsBackground = true };
            turns.Add(turn);
            threads.Add(thread);
            thread.Start();
            stints.Take();
        }
    }

    internal override int Cores => threads.Count;

    internal override long BytesPerLane => bytesPerLane;

    internal override Stint Run(double seconds)
    {
        foreach (var turn in turns) turn.Add(seconds);
        var done = turns.Select(_ => stints.Take()).ToList();
        return new(
            done.Sum(s => s.TrialSteps), done.Max(s => s.Seconds), done.Average(s => s.CpuSeconds));
    }

    public override void Dispose()
    {
        foreach (var turn in turns) turn.CompleteAdding();
        foreach (var thread in threads) thread.Join();
    }

    private void Train(Func<OwnArm> make, BlockingCollection<double> turn)
    {
        TorchThread.Prepare(niceness: 0);
        using var arm = make();
        bytesPerLane = Math.Max(bytesPerLane, arm.BytesPerLane);
        stints.Add(default);        // ready
        foreach (double seconds in turn.GetConsumingEnumerable()) stints.Add(arm.Run(seconds));
    }
}
