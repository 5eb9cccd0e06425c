using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>What a lane's memory holds.</summary>
/// <param name="Fill">The share of its places in use.</param>
/// <param name="Distinct">How many different sequences it stores.</param>
/// <param name="PresentShare">The share of the present set's sequences that it stores.</param>
internal sealed record DamContents(double Fill, int Distinct, double PresentShare)
{
    public static DamContents Of(int lane, DamData data, SequenceQueue? queue)
    {
        var set = data.Set(lane, data.Present[lane]);
        var present = Enumerable.Range(0, set.Count).Select(set.Text).ToList();
        // Two numbers may stand for equal bits.
        var stored = queue is null ? present.ToHashSet() : queue.Entries(lane)
            .Where(sequence => sequence != SequenceQueue.Zero).Distinct()
            .Select(sequence => data.Text(lane, sequence)).ToHashSet();
        return new DamContents(
            queue?.Fill(lane) ?? 1, stored.Count,
            (double)present.Count(stored.Contains) / present.Count);
    }
}

/// <summary>What the lanes' weights look like.</summary>
internal sealed class DamWeights
{
    public DamWeights(Lanes lanes, DamNet net)
    {
        using var still = Autograd.NoGrad();
        var sharpest = net.QueryWeights().Max(-1);                  // [lane, n, head]
        var alike = net.QueryLogits.Size(2) < 2 ? null : Alike(net.QueryLogits);
        Sharpness = lanes.Each((k, _) => lanes.MeanOf(sharpest, k));
        HeadCorrelation = lanes.Each((k, _) =>
            alike is null ? double.NaN : lanes.MeanOf(alike, k));
    }

    /// <summary>The mean over n and heads of the greatest weight in A(n).   // [lane]</summary>
    public double[] Sharpness { get; }

    /// <summary>The mean over n of Pearson's correlation between two heads' rows of A_logits[n],
    /// whole rows; NaN for one head.   // [lane]</summary>
    public double[] HeadCorrelation { get; }

    // Of unit vectors z the sum over all pairs of z . z' is |sum of z|^2 less their number.
    private static Tensor Alike(Tensor logits)
    {
        var rows = logits.Narrow(1, 1, logits.Size(1) - 1);         // [lane, n, head, length]
        rows -= rows.Mean([-1], true);
        var unit = rows / rows.Square().Sum([-1], true).Sqrt();
        var heads = logits.Size(2);
        return (unit.Sum(2).Square().Sum(-1) - heads) / (double)(heads * (heads - 1));
    }
}
