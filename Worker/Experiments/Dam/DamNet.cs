using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>The net of <see cref="Dam"/>: weights of positions. In the shapes, n counts the
/// revealed bits, from 1 to length - 1; the text's names are A, B, hat and phi.</summary>
internal sealed class DamNet
{
    private readonly Lanes lanes;
    private readonly int length, heads;
    private readonly Tensor hidden;     // [n, 1, length]: -inf for bits not revealed yet
    private readonly Tensor eta;        // [lane, 1, 1]

    public DamNet(Lanes lanes, LaneState state)
    {
        this.lanes = lanes;
        (length, heads) = (lanes.Size("sequence_length"), lanes.Size("heads"));
        QueryLogits = state.Add("A_logits", DrawQuery(new long[lanes.Count])).RequireGrad();
        KeyLogits = state.Add("B_logits", DrawKey(new long[lanes.Count])).RequireGrad();
        hidden = state.Hold(Tensor.From<float>(Hidden(), [length - 1, 1, length], lanes.Device));
        eta = state.Hold(lanes.Coefficient(lane => lane.Real("eta")));
    }

    /// <summary>Of A: row n weighs the first n bits; the rest is never read.   // [lane, length,
    /// head, length]</summary>
    public Tensor QueryLogits { get; }

    /// <summary>Of B.   // [lane, head, length]</summary>
    public Tensor KeyLogits { get; }

    /// <summary>A(n): rows that sum to one.   // [lane, n, head, length]</summary>
    public Tensor QueryWeights() =>
        (QueryLogits.Narrow(1, 1, length - 1) + hidden).Softmax(-1);

    /// <summary>hat(n), what the revealed bits ask for.   // [lane, n, batch, head]</summary>
    /// <param name="batch">[lane, batch, length]</param>
    public Tensor Queries(Tensor batch)
    {
        var weights = QueryWeights().View(lanes.Count, -1, length).Transpose(1, 2);
        return batch.Bmm(weights)                                   // [lane, batch, n * head]
            .View(lanes.Count, -1, length - 1, heads).Transpose(1, 2).Contiguous();
    }

    /// <summary>eta phi, what the stored sequences offer.   // [lanes, head, row]</summary>
    /// <param name="rows">Of some lanes.   // [lanes, length, row]</param>
    public Tensor Keys(Tensor rows, int firstLane)
    {
        var logits = KeyLogits.Narrow(0, firstLane, rows.Size(0));
        return (logits.Softmax(-1) * eta.Narrow(0, firstLane, rows.Size(0))).Bmm(rows);
    }

    /// <summary>Draws all weights again.</summary>
    /// <param name="times">How often each lane was drawn before.   // [lane]</param>
    public void Redraw(long[] times)
    {
        using var still = Autograd.NoGrad();
        QueryLogits.CopyFrom(DrawQuery(times));
        KeyLogits.CopyFrom(DrawKey(times));
    }

    private Tensor DrawQuery(long[] times) =>
        Normal("init/A_logits", times, [length, heads, length]);

    private Tensor DrawKey(long[] times) => Normal("init/B_logits", times, [heads, length]);

    private Tensor Normal(string purpose, long[] times, long[] shape)
    {
        var size = (int)shape.Aggregate(1L, (product, side) => product * side);
        var values = new float[lanes.Count * size];
        for (var k = 0; k < lanes.Count; k++)
        {
            var own = values.AsSpan(k * size, size);
            lanes[k].Stream(purpose).FillNormal(times[k], own);
            var deviation = (float)lanes[k].Real("init_std");
            foreach (ref var value in own) value *= deviation;
        }
        return Tensor.From<float>(values, [lanes.Count, .. shape], lanes.Device);
    }

    private float[] Hidden()
    {
        var mask = new float[(length - 1) * length];
        for (var n = 1; n < length; n++)
            mask.AsSpan((n - 1) * length + n, length - n).Fill(float.NegativeInfinity);
        return mask;
    }
}
