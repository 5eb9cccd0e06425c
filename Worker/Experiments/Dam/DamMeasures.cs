using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>What a lane's memory holds.</summary>
/// <param name="Fill">The share of its places in use.</param>
/// <param name="Distinct">How many different sequences it stores.</param>
/// <param name="PresentShare">The share of the present set's sequences that it stores.</param>
/// <param name="Entries">How many sequences it stores, a repeated one as often as it is
/// there.</param>
internal sealed record DamContents(double Fill, int Distinct, double PresentShare, int Entries)
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
            (double)present.Count(stored.Contains) / present.Count,
            queue?.Entries(lane).Length ?? present.Count);
    }
}

/// <summary>What the lanes' weights look like. Means are taken lane by lane, in double
/// precision.</summary>
internal sealed class DamWeights
{
    public DamWeights(Lanes lanes, DamNet net)
    {
        using var still = Autograd.NoGrad();
        var (logits, keys) = (net.QueryLogits, net.KeyLogits);
        var (length, heads) = ((int)logits.Size(1), (int)logits.Size(2));
        Sharpnesses = Means(net.QueryWeights().Max(-1), lanes.Count, heads);
        QueryMeans = Means(logits, lanes.Count, heads * length);
        KeyMeans = Means(keys.Transpose(1, 2), lanes.Count, heads);
        HeadCorrelations = heads < 2
            ? lanes.Each(_ => Enumerable.Repeat(double.NaN, length).ToArray())
            : Means(Alike(logits), lanes.Count, 1);
    }

    /// <summary>The mean over n and heads of the greatest weight in A(n).   // [lane]</summary>
    public double[] Sharpness => [.. Sharpnesses.Select(row => row.Average())];

    /// <summary>The mean over n of Pearson's correlation between two heads' rows of A_logits[n],
    /// whole rows; NaN for one head.   // [lane]</summary>
    public double[] HeadCorrelation => [.. HeadCorrelations.Select(row => row[1..].Average())];

    /// <summary>By n, from one on.   // [lane][length - 1]</summary>
    public double[][] Sharpnesses { get; }

    /// <summary>By n, from zero on: row 0 is never used.   // [lane][length]</summary>
    public double[][] HeadCorrelations { get; }

    /// <summary>The mean of A_logits[n] over heads and positions, by n.   //
    /// [lane][length]</summary>
    public double[][] QueryMeans { get; }

    /// <summary>The mean of B_logits over heads, by position.   // [lane][length]</summary>
    public double[][] KeyMeans { get; }

    // Of the last elements, so many at a time.   // [lane, ...] -> [lane][...]
    private static double[][] Means(Tensor values, int lanes, int count) =>
        [.. values.Contiguous().ToArray<float>().Chunk((int)(values.Count / lanes))
            .Select(lane => lane.Chunk(count).Select(part => part.Average(x => (double)x))
                .ToArray())];

    // Of unit vectors z the sum over all pairs of z . z' is |sum of z|^2 less their number.
    private static Tensor Alike(Tensor logits)
    {
        var rows = logits - logits.Mean([-1], true);                // [lane, n, head, length]
        var unit = rows / rows.Square().Sum([-1], true).Sqrt();
        var heads = logits.Size(2);
        return (unit.Sum(2).Square().Sum(-1) - heads) / (double)(heads * (heads - 1));
    }
}
