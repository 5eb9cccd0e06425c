using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>Losses and their gradients, tile by tile. The scores of a step are [lane, n, batch,
/// row], far more than all else together. As each tile is read and differentiated at once, they
/// never exist as a whole, and on a CPU a tile stays in the cache.</summary>
/// <param name="prefixes">Numbers of revealed bits: length - 1.</param>
/// <param name="room">Scores of one tile, at most; one n of one lane is never cut.</param>
internal sealed class DamRetrieval(DamReading reading, int prefixes, int room)
{
    /// <summary>All tiles of the lanes of one table.</summary>
    /// <param name="learns">Whether gradients are wanted.</param>
    public DamPart Retrieve(DamQuestion question, bool learns)
    {
        var scores = question.Batch * question.Rows;                // of one n of one lane
        var chunk = Math.Clamp(room / scores, 1, prefixes);
        // A lane is cut in the same places whatever its neighbours are.
        var group = chunk < prefixes ? 1 : Math.Clamp(room / scores / prefixes, 1, question.Lanes);
        return DamPart.Join(0, [.. Starts(question.Lanes, group).Select(lane =>
            Group(question, lane, Math.Min(group, question.Lanes - lane), chunk, learns))]);
    }

    private DamPart Group(DamQuestion whole, int lane, int lanes, int chunk, bool learns)
    {
        using var scope = new TensorScope();
        var question = whole.Of(lane, lanes);
        return DamPart.Join(1, [.. Starts(prefixes, chunk).Select(n =>
            Tile(question, n, Math.Min(chunk, prefixes - n), learns))]).MoveOut(scope);
    }

    private DamPart Tile(DamQuestion question, int from, int count, bool learns)
    {
        using var scope = new TensorScope();
        using var mode = learns ? Autograd.EnableGrad() : Autograd.NoGrad();
        var query = question.QueryLeaf(from, count);                // [lanes, n * batch, head]
        var keys = question.Keys.Detach().RequireGrad();            // [lanes, head, row]
        var scores = question.Bias.BAddBmm(query, keys);            // [lanes, n * batch, row]
        var answer = reading.Read(
            scores.View(-1, question.Batch, question.Rows), question.TileOf(from, count));
        long[] shape = [question.Lanes, count, question.Batch];
        var slopes = learns
            ? Autograd.Grad([answer.Loss], [query, keys],
                [question.Share.Expand(shape).Reshape(answer.Loss.Shape)])
            : null;
        // Sums follow the order in memory, and operators keep that of what they are given.
        Tensor Ordered(Tensor found) => found.Detach().Contiguous().View(shape);
        return new DamPart(
            Ordered(answer.Loss), Ordered(answer.Hit), Ordered(answer.Clamped),
            slopes?[0].View([.. shape, -1]), slopes?[1]).MoveOut(scope);
    }

    private static IEnumerable<int> Starts(int end, int step)
    {
        for (var i = 0; i < end; i += step) yield return i;
    }
}

/// <summary>What some lanes ask of their tables.</summary>
/// <param name="Queries">[lanes, n, batch, head]</param>
/// <param name="Keys">Times eta.   // [lanes, head, row]</param>
/// <param name="Bias">The logarithms of the counts: -inf for what is not stored.   // [lanes, 1,
/// row]</param>
/// <param name="Sides">Whether a stored bit is +1, or is not.   // [lanes, n, row, 2]</param>
/// <param name="IsAhead">[lanes, n, batch]</param>
/// <param name="Place">[lanes, batch]</param>
/// <param name="Share">Of one loss in its lane's mean.   // [lanes, 1, 1]</param>
internal sealed record DamQuestion(
    Tensor Queries, Tensor Keys, Tensor Bias, Tensor Sides, Tensor IsAhead, Tensor Place,
    Tensor Share)
{
    public int Lanes => (int)Queries.Size(0);

    public int Rows => (int)Keys.Size(2);

    public int Batch => (int)Place.Size(1);

    /// <summary>The same for a part of the lanes.</summary>
    public DamQuestion Of(int first, int count)
    {
        if (count == Lanes) return this;
        Tensor Cut(Tensor whole) => whole.Narrow(0, first, count);
        return new(Cut(Queries), Cut(Keys), Cut(Bias), Cut(Sides), Cut(IsAhead), Cut(Place),
            Cut(Share));
    }

    public Tensor QueryLeaf(int from, int count) => Queries.Narrow(1, from, count)
        .Reshape(Lanes, -1, Queries.Size(3)).Detach().RequireGrad();

    public DamTile TileOf(int from, int count) => new(
        Sides.Narrow(1, from, count).Reshape(-1, Rows, 2),
        IsAhead.Narrow(1, from, count).Reshape((long)Lanes * count, -1),
        Place.Unsqueeze(1).Expand(Lanes, count, -1).Reshape((long)Lanes * count, -1));
}

/// <summary>Results of a tile, or of several joined.   // [lanes, n, batch]</summary>
/// <param name="QuerySlope">[lanes, n, batch, head], or null if nothing learns.</param>
/// <param name="KeySlope">[lanes, head, row], or null.</param>
internal sealed record DamPart(
    Tensor Loss, Tensor Hit, Tensor Clamped, Tensor? QuerySlope, Tensor? KeySlope)
{
    public DamPart MoveOut(TensorScope scope)
    {
        foreach (var tensor in new[] { Loss, Hit, Clamped, QuerySlope, KeySlope })
            if (tensor is not null) scope.MoveOut(tensor);
        return this;
    }

    /// <summary>Of lanes (0) side by side; or of n (1), which share their keys.</summary>
    public static DamPart Join(int dimension, DamPart[] parts)
    {
        if (parts.Length == 1) return parts[0];
        Tensor Cat(Func<DamPart, Tensor?> of) =>
            Tensor.Cat(dimension, [.. parts.Select(part => of(part)!)]);
        return new DamPart(
            Cat(part => part.Loss), Cat(part => part.Hit), Cat(part => part.Clamped),
            parts[0].QuerySlope is null ? null : Cat(part => part.QuerySlope),
            parts[0].KeySlope is null ? null
                : dimension == 0 ? Cat(part => part.KeySlope) : Sum(parts));
    }

    private static Tensor Sum(DamPart[] parts)
    {
        var sum = parts[0].KeySlope!;
        foreach (var part in parts.AsSpan(1)) sum.AddInPlace(part.KeySlope!);
        return sum;
    }
}
