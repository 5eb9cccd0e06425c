using Mneme.Worker.Memories;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Memories;

/// <summary>Search, ranking and mixing against the description's fixture, and what a search
/// promises.</summary>
public sealed class NeighbourMemoryTests
{
    private static readonly StoredAttention Stored = new(
        Rows(0, .9, 1, 1, -1, 2, 3, 3), Rows(0, 1, 2, 2, -1, 1, 9, 9));

    [Theory]
    [InlineData(true, 0, 1, new[] { .195138, .241251, .563612 }, new[] { 1.322361, 1.368474 })]
    [InlineData(true, 0, 1000, null, new[] { 2.0, 2 })]
    [InlineData(true, 0, .01, null, new[] { 1.002834, 1.003539 })]
    [InlineData(false, .1, 1, new[] { .299742, .700258 }, new[] { 1.360465, 1.530232 })]
    [InlineData(false, .1, 1000, null, new[] { 1.9, 1.8 })]
    [InlineData(false, .1, .01, null, new[] { 1.003818, 1.351909 })]
    [InlineData(true, .33, 1, new[] { .195138, .241251, .563612 }, new[] { 1.215982, .916878 })]
    [InlineData(true, .33, 1000, null, new[] { 1.67, 1.34 })]
    [InlineData(true, .33, .01, null, new[] { 1.001899, .672371 })]
    public void A_value_is_replaced_as_the_fixture_says(
        bool withOwn, double residual, double sharpness, double[]? weights, double[] value)
    {
        using var scope = new TensorScope();
        var recall = new NeighbourRecall(0, 1, sharpness, residual, 2, withOwn);

        var recalled = recall.Mix(Token(), Stored);

        recalled.Rows!.ToArray<long>().ShouldBe([0, 1]);
        ShouldBe(recalled.Distances!, .41, .5);
        if (weights is not null) ShouldBe(recalled.Weights!, weights);
        ShouldBe(recalled.Value, value);
    }

    [Theory]
    [InlineData(0, 0, new[] { true, false, false, false })]      // token 0 alone, whatever it is
    [InlineData(.6, 0, new[] { true, false, false, false })]
    [InlineData(.7, 0, new[] { false, false, false, false })]    // not strictly greater
    [InlineData(0, 1, new[] { true, false, false, false })]      // at least 1/4
    [InlineData(0, 5, new[] { true, true, true, false })]        // at least 1/20
    [InlineData(1, 5, new[] { false, true, true, false })]
    [InlineData(0, 1e9, new[] { true, true, true, false })]      // never what is not seen at all
    public void Only_what_the_last_token_attends_to_looks_into_the_memory(
        double filter, double factor, bool[] selected)
    {
        using var scope = new TensorScope();
        double[] last = [.7, .2, .1, 0];
        var attention = Tensor.From([.. Enumerable.Repeat(0.0, 12), .. last], [1, 1, 4, 4]);

        new NeighbourRecall(filter, factor, 1, 0, 1, false).Selected(attention)
            .Contiguous().ToArray<bool>().ShouldBe(selected);
    }

    [Fact]
    public void An_empty_memory_and_no_neighbours_change_nothing()
    {
        using var scope = new TensorScope();
        var (token, none) = (Token(), new StoredAttention(
            Tensor.Zeros([1, 1, 0, 2], DType.Float64), Tensor.Zeros([1, 1, 0, 2], DType.Float64)));
        var recall = new NeighbourRecall(0, 1, 1000, .1, 5, false);

        recall.Mix(token, none).Value.ToArray<double>().ShouldBe(token.Value.ToArray<double>());
        (recall with { Neighbours = 0 }).Mix(token, Stored).Value.ToArray<double>()
            .ShouldBe(token.Value.ToArray<double>());
        (recall with { Neighbours = 5 }).Mix(token, Stored).Rows!.Size(2).ShouldBe(4);
    }

    [Fact]
    public void The_order_of_stored_rows_does_not_matter_if_their_values_move_along()
    {
        using var scope = new TensorScope();
        var order = Tensor.From([3L, 1, 0, 2], [4]);
        var moved = new StoredAttention(Stored.Keys.Index(2, order), Stored.Values.Index(2, order));
        var recall = new NeighbourRecall(0, 1, 1, .1, 3, true);

        ShouldBe(recall.Mix(Token(), moved).Value,
            recall.Mix(Token(), Stored).Value.ToArray<double>());
    }

    [Fact]
    public void Of_equally_near_rows_the_lower_ones_are_found()
    {
        using var scope = new TensorScope();
        var rows = Tensor.Zeros([1, 300, 4]);
        var (found, distances) = Neighbours.Nearest(Tensor.Ones([1, 2, 4]), rows, 5);

        found.ToArray<long>().ShouldBe([0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
        distances.ToArray<float>().ShouldAllBe(distance => distance == 4);
    }

    [Theory]
    [InlineData(7), InlineData(512), InlineData(513), InlineData(70_000), InlineData(140_000)]
    public void A_search_finds_what_comparing_every_row_in_double_precision_finds(int count)
    {
        using var scope = new TensorScope();
        const int size = 8, queries = 3, k = 5;
        var (rows, query) = (Drawn(1, count * size), Drawn(2, queries * size));

        var (found, distances) = Neighbours.Nearest(
            Tensor.From(query, [1, queries, size]), Tensor.From(rows, [1, count, size]), k);

        var (places, near) = (found.ToArray<long>(), distances.ToArray<float>());
        for (var q = 0; q < queries; q++)
        {
            var expected = Enumerable.Range(0, count)
                .Select(row => (Row: (long)row, Distance: Enumerable.Range(0, size).Sum(i =>
                    Math.Pow((double)query[q * size + i] - rows[row * size + i], 2))))
                .OrderBy(pair => pair.Distance).Take(k).ToArray();
            places[(q * k)..((q + 1) * k)].ShouldBe(expected.Select(pair => pair.Row));
            for (var i = 0; i < k; i++)
                near[q * k + i].ShouldBe((float)expected[i].Distance, 1e-5f);
        }
    }

    // q = (1, 2), its own key (.5, .5) and value (1, 0); it attends to itself alone.
    private static AttentionHeads Token() =>
        new(Rows(1, 2), Rows(.5, .5), Rows(1, 0), Tensor.Ones([1, 1, 1, 1], DType.Float64));

    private static Tensor Rows(params double[] values) =>
        Tensor.From(values, [1, 1, values.Length / 2, 2]).Keep();

    private static float[] Drawn(uint seed, int count)
    {
        var values = new float[count];
        new Mneme.Random.RandomStream(seed, 5).FillNormal(0, values);
        return values;
    }

    private static void ShouldBe(Tensor actual, params double[] expected)
    {
        var values = actual.Contiguous().ToArray<double>();
        values.Length.ShouldBe(expected.Length);
        for (var i = 0; i < values.Length; i++) values[i].ShouldBe(expected[i], 1e-6);
    }
}
