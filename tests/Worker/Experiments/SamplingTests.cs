using Mneme.Worker.Experiments;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Experiments;

public sealed class SamplingTests
{
    [Fact]
    public void Chances_are_the_softmax_of_the_top_k_by_temperature()
    {
        var chances = new Sampling(.5, 2).Chances([1, 3, 2, -1]);

        chances[1].ShouldBe(1 / (1 + Math.Exp(-2)), 1e-12);
        chances[2].ShouldBe(1 - chances[1], 1e-12);
        chances[0].ShouldBe(0);
        chances[3].ShouldBe(0);
    }

    [Fact]
    public void Tokens_that_equal_the_last_of_the_top_k_may_come_too() =>
        new Sampling(1, 2).Chances([0, 1, 0, -1]).Count(chance => chance > 0).ShouldBe(3);

    [Fact]
    public void A_k_beyond_all_tokens_keeps_them_all() =>
        new Sampling(1, 200).Chances([0, 0]).ShouldBe([.5, .5]);

    [Theory]
    [InlineData(0, 1), InlineData(.24, 1), InlineData(.25, 3), InlineData(.9999999999999999, 3)]
    public void A_draw_falls_where_the_sum_passes_it(double uniform, int token) =>
        Sampling.Draw([0, .25, 0, .75], uniform).ShouldBe(token);

    [Theory]
    [InlineData(new long[] { 1, 2, 1, 2, 1 }, .5, 0)]
    [InlineData(new long[] { 4, 4, 4 }, .5, 1)]
    [InlineData(new long[] { 4 }, 1, 0)]
    public void Repetition_counts_pairs_and_neighbours(
        long[] tokens, double distinct2, double repeats) =>
        WrittenTexts.Repetition(tokens).ShouldBe((distinct2, repeats));
}
