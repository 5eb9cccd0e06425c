using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>What is made of the scores: the variants of <see cref="Dam"/>.</summary>
internal abstract class DamReading
{
    /// <param name="scores">eta hat . phi + ln count.   // [lanes * n, batch, row]</param>
    /// <param name="tile">The lanes and the n that are read.</param>
    public abstract DamAnswer Read(Tensor scores, DamTile tile);
}

/// <summary>A part of a step: some lanes, and of those some numbers of revealed bits.</summary>
/// <param name="Sides">Whether a stored bit is +1, or is not.   // [lanes * n, row, 2]</param>
/// <param name="IsAhead">Whether the bit to predict is +1.   // [lanes * n, batch]</param>
/// <param name="Place">Of the sample's sequence in the set.   // [lanes * n, batch]</param>
internal sealed record DamTile(Tensor Sides, Tensor IsAhead, Tensor Place);

/// <summary>In nats; whether it was right; whether the clamp cut it.   // [lanes * n, batch]
/// each</summary>
internal sealed record DamAnswer(Tensor Loss, Tensor Hit, Tensor Clamped);

/// <summary>The next bit, by the softmax over what is stored.</summary>
internal sealed class BitReading : DamReading
{
    private const double Least = 1e-6, Most = 1 - 1e-6;

    public override DamAnswer Read(Tensor scores, DamTile tile) =>
        Judge(scores.Softmax(-1).Bmm(tile.Sides), tile.IsAhead);    // [lanes * n, batch, 2]

    /// <summary>Judges predicted chances of +1 and of what is not +1: the second is no difference
    /// from one, which would lose its digits. Where the clamp cuts, no gradient flows.</summary>
    public static DamAnswer Judge(Tensor chances, Tensor isAhead)
    {
        var right = Tensor.Where(isAhead, chances.Select(-1, 0), chances.Select(-1, 1));
        var clamped = right.Clamp(Least, Most);
        return new DamAnswer(
            -clamped.Log(), chances.Detach().Select(-1, 0).Gt(0.5).Eq(isAhead),
            right.Detach().Ne(clamped.Detach()));
    }
}

/// <summary>Which sequence of the set it is (InfoNCE); ties go to the first.</summary>
internal sealed class NameReading : DamReading
{
    public override DamAnswer Read(Tensor scores, DamTile tile)
    {
        var flat = scores.Reshape(-1, scores.Size(2));
        var loss = flat.LogSoftmax(1).NllLoss(tile.Place.Reshape(-1), Reduction.None);
        var hit = scores.Detach().ArgMax(2).Eq(tile.Place);
        return new DamAnswer(loss.View(tile.Place.Shape), hit, hit.ZerosLike());
    }
}
