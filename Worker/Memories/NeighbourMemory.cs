using Mneme.Worker.Torch;

namespace Mneme.Worker.Memories;

/// <summary>Keys and values of one attention layer that a text has left behind.</summary>
/// <param name="Keys">[sample, head, row, size]</param>
/// <param name="Values">[sample, head, row, size]</param>
internal sealed record StoredAttention(Tensor Keys, Tensor Values)
{
    public long Rows => Keys.Size(2);

    /// <summary>Without its first rows: the first token's key is much the same for every text.
    /// </summary>
    public StoredAttention Without(long first) => new(
        Keys.Narrow(2, first, Rows - first), Values.Narrow(2, first, Rows - first));

    /// <summary>One sample's rows for each lane.</summary>
    public StoredAttention ForLanes(int lanes) => new(
        Keys.Expand(lanes, -1, -1, -1), Values.Expand(lanes, -1, -1, -1));

    /// <summary>Each key with the value of another row.</summary>
    /// <param name="orders">Of the rows, for each sample.</param>
    public StoredAttention Shuffled(int[][] orders)
    {
        var order = Tensor.From(
            orders.SelectMany(rows => rows.Select(row => (long)row)).ToArray(),
            [orders.Length, 1, Rows, 1], Values.Device).Expand(Values.Shape);
        return this with { Values = Values.Gather(2, order) };
    }

    public void Keep()
    {
        Keys.Keep();
        Values.Keep();
    }

    public void Free()
    {
        Keys.Dispose();
        Values.Dispose();
    }
}

/// <summary>Exact nearest neighbours by squared Euclidean distance.</summary>
internal static class Neighbours
{
    // Rows that are compared at once; as many distances are in memory for every query.
    private const long Chunk = 1 << 13;

    // Differences are taken one by one up to here; beyond, by |a|^2 - 2ab + |b|^2 first.
    private const long FewRows = 512;

    // More candidates than asked for: rounding may have exchanged a few.
    private const long Spare = 8;

    private static readonly Operator Norm = new("aten::linalg_vector_norm");
    private static readonly Operator PairDistances = new("aten::cdist");

    /// <summary>The nearest rows of each query, nearest first; of equals the lower row.</summary>
    /// <param name="queries">[n, query, size]</param>
    /// <param name="rows">[n, row, size]</param>
    /// <returns>Rows and squared distances.   // [n, query, count]</returns>
    public static (Tensor Rows, Tensor Distances) Nearest(Tensor queries, Tensor rows, long count)
    {
        var candidates = Sort(rows.Size(1) <= FewRows
            ? OfFew(queries, rows, count) : OfMany(queries, rows, count)).Values;
        var keys = Take(rows, candidates);                          // [n, query, candidate, size]
        var (distances, places) = Sort((queries.Unsqueeze(2) - keys).Square().Sum(3));
        return (candidates.Gather(2, places.Narrow(2, 0, count)), distances.Narrow(2, 0, count));
    }

    private static Tensor OfFew(Tensor queries, Tensor rows, long count)
    {
        const double euclidean = 2;
        const long oneByOne = 2;
        var distances = PairDistances.Call(queries, rows, euclidean, oneByOne);
        return Sort(distances).Places.Narrow(2, 0, Math.Min(count + Spare, rows.Size(1)));
    }

    private static Tensor OfMany(Tensor queries, Tensor rows, long count)
    {
        var found = new List<Tensor>();
        for (long from = 0; from < rows.Size(1); from += Chunk)
        {
            using var scope = new TensorScope();
            var part = rows.Narrow(1, from, Math.Min(Chunk, rows.Size(1) - from));
            var near = Norm.Call(part, 2.0, new[] { 2L }, false, Argument.None).Square()
                .Unsqueeze(1).Expand(-1, queries.Size(1), -1)
                .BAddBmm(queries * -2.0, part.Transpose(1, 2));
            var (_, places) = (-near).TopK(Math.Min(count + Spare, part.Size(1)));
            found.Add(scope.MoveOut(places + from));
        }
        return Tensor.Cat(2, [.. found]);
    }

    /// <summary>Rows by their numbers.</summary>
    /// <param name="rows">[n, row, size]</param>
    /// <param name="which">[n, query, count]</param>
    /// <returns>[n, query, count, size]</returns>
    public static Tensor Take(Tensor rows, Tensor which)
    {
        var flat = which.Reshape(which.Size(0), -1, 1).Expand(-1, -1, rows.Size(2));
        return rows.Gather(1, flat)
            .View(which.Size(0), which.Size(1), which.Size(2), rows.Size(2));
    }

    // Stable: what is equal stays in its order.
    private static (Tensor Values, Tensor Places) Sort(Tensor values)
    {
        var sorted = Operators.CallMany("aten::sort", "stable", values, true, -1, false);
        return (sorted[0], sorted[1]);
    }
}

/// <summary>How an attention recalls what was stored: which tokens look, how far, and what becomes
/// of their values (MTMTransformer, Paul Eggers 2024, equations 4 and 5).</summary>
/// <param name="BookkeepingFilter">BF: token 0 looks only where the last token attends to it more
/// than that; 0: always.</param>
/// <param name="MinimumFactor">MF: a token looks where the last one attends to it at least 1/(MF *
/// time); 0: none but token 0.</param>
/// <param name="Sharpness">TS: of the softmax over what was found.</param>
/// <param name="Residual">r: the share of the token's own value that is mixed in; 0: none.</param>
/// <param name="Neighbours">k.</param>
/// <param name="WithOwn">The token's own key and value compete with what was found: types 1 and 3.
/// </param>
internal sealed record NeighbourRecall(
    double BookkeepingFilter, double MinimumFactor, double Sharpness, double Residual,
    long Neighbours, bool WithOwn)
{
    /// <summary>Tokens of each head that look into the memory.   // [sample, head, time]</summary>
    public Tensor Selected(Tensor attention)
    {
        var time = attention.Size(3);
        var last = attention.Select(2, time - 1);                   // [sample, head, time]
        var place = Tensor.Arange(time, device: attention.Device);
        var isFirst = place.Eq(0);
        var passes = MinimumFactor == 0 ? isFirst.Expand(last.Shape)
            : last.Ge(1 / (MinimumFactor * time));
        if (BookkeepingFilter != 0)
            passes = passes.LogicalAnd(
                isFirst.LogicalNot().LogicalOr(last.Gt(BookkeepingFilter)));
        return passes.LogicalAnd(last.Eq(0).LogicalNot());
    }

    /// <summary>The values that the attention mixes, some of them recalled.   // [sample, head,
    /// time, size]</summary>
    public Recalled Mix(AttentionHeads own, StoredAttention stored)
    {
        var selected = Selected(own.Attention);
        var count = Math.Min(Neighbours, stored.Rows);
        if (count == 0) return new Recalled(own.Value, selected.ZerosLike(), null, null, null);
        Tensor Flat(Tensor t) => t.Reshape(t.Size(0) * t.Size(1), t.Size(2), t.Size(3));
        var (query, key, value) = (Flat(own.Query), Flat(own.Key), Flat(own.Value));
        var (rows, distances) = Memories.Neighbours.Nearest(key, Flat(stored.Keys), count);
        var keys = Memories.Neighbours.Take(Flat(stored.Keys), rows);
        var values = Memories.Neighbours.Take(Flat(stored.Values), rows);
        if (WithOwn)
            (keys, values) = (Tensor.Cat(2, key.Unsqueeze(2), keys),
                Tensor.Cat(2, value.Unsqueeze(2), values));
        var scores = (query.Unsqueeze(2) * keys).Sum(3) * (Sharpness / Math.Sqrt(query.Size(2)));
        var weights = scores.Softmax(-1);                           // [n, time, candidate]
        var mixed = (weights.Unsqueeze(3) * values).Sum(2);         // [n, time, size]
        if (Residual != 0) mixed = mixed * (1 - Residual) + value * Residual;
        return new Recalled(
            Tensor.Where(selected.Unsqueeze(3), mixed.View(own.Value.Shape), own.Value),
            selected, rows, distances, weights);
    }
}

/// <summary>An attention's own tensors.   // [sample, head, time, size] and [.., time, time]
/// </summary>
internal sealed record AttentionHeads(Tensor Query, Tensor Key, Tensor Value, Tensor Attention);

/// <param name="Value">[sample, head, time, size]</param>
/// <param name="Selected">[sample, head, time]</param>
/// <param name="Rows">Of the memory, nearest first.   // [sample * head, time, count]</param>
/// <param name="Distances">Squared.   // [sample * head, time, count]</param>
/// <param name="Weights">Of the candidates, the token's own first where it is one.</param>
internal sealed record Recalled(
    Tensor Value, Tensor Selected, Tensor? Rows, Tensor? Distances, Tensor? Weights);
