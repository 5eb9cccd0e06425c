using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>Means of 10 steps, and how soon in a phase one was below a threshold: all of it stays
/// on the device.</summary>
internal sealed class RecentLosses
{
    private const int Window = 10;

    private readonly Tensor ring;        // [lane, 10]
    private readonly Tensor count;       // [lane]: steps of the phase
    private readonly Tensor reached;     // [lane]: steps until the mean was low, or NaN
    private readonly Tensor threshold;   // [lane]

    public RecentLosses(Lanes lanes, LaneState state, Tensor threshold)
    {
        this.threshold = threshold;
        ring = state.Add("recent/losses", Tensor.Zeros([lanes.Count, Window],
            device: lanes.Device));
        count = state.Add("recent/count", Tensor.Zeros([lanes.Count], device: lanes.Device));
        reached = state.Add("recent/reached", Tensor.Full(
            [lanes.Count], double.NaN, device: lanes.Device));
    }

    public double[] Reached => Numbers(reached);

    public double[] Means => Numbers(ring.Sum(1) / count.Clamp(1, Window));

    /// <summary>A phase begins.</summary>
    public void Restart()
    {
        ring.FillInPlace(0);
        count.FillInPlace(0);
        reached.FillInPlace(double.NaN);
    }

    /// <param name="loss">[lane]</param>
    public void Record(long step, Tensor loss)
    {
        ring.Select(1, step % Window).CopyFrom(loss);
        count.AddInPlace(1.0);
        var isLow = (ring.Sum(1) / Window).Lt(threshold)
            .LogicalAnd(count.Ge(Window)).LogicalAnd(reached.Ne(reached));      // not yet a number
        reached.CopyFrom(Tensor.Where(isLow, count, reached));
    }

    private static double[] Numbers(Tensor byLane) =>
        [.. byLane.ToArray<float>().Select(value => (double)value)];
}
