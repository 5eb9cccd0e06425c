using Mneme.Coordinator.Measures;
using Mneme.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Measures;

public sealed class LearnedRanksTests
{
    [Fact]
    public void A_rank_is_learned_with_the_appearances_of_the_first_point_above_the_threshold()
    {
        var learned = Of(0,
            Point([0, 0, 0], [.5, .5, .95]),
            Point([7, 3, 2], [.91, .9, .5]),
            Point([9, 5, 4], [.2, .95, .5]),
            Point([12, 8, 6], [1, 1, 1]));

        // 7 and 5; the third was known before it was shown.
        var times = learned.ShouldNotBeNull().Appearances;
        (times.Reached, times.Censored, times.NotApplicable).ShouldBe((2, 0, 1));
        (times.Median, times.Share).ShouldBe((6, 1));
        learned.HighestRank.ShouldBe(2);
    }

    [Fact]
    public void Ranks_that_were_never_known_lie_above_all_others_and_their_counts_in_no_number()
    {
        var learned = Of(0,
            Point([0, 0, 0, 0], [.5, .5, .5, .5]), Point([4, 3, 2, 1], [.95, .95, .95, .5]));
        var none = Of(0, Point([0, 0], [.5, .5]), Point([900, 800], [.5, .9]));

        learned.ShouldNotBeNull().Appearances.Median.ShouldBe(3.5);
        learned.Appearances.LowerQuartile.ShouldBe(2.75);
        learned.Appearances.UpperQuartile.ShouldBeNull();
        (learned.Appearances.Share, learned.HighestRank).ShouldBe((.75, 2));
        none.ShouldNotBeNull().Appearances.Median.ShouldBeNull();
        (none.Appearances.Censored, none.HighestRank).ShouldBe((2, null));
    }

    [Fact]
    public void A_sequence_that_others_teach_is_learned_with_no_appearance_of_its_own()
    {
        var learned = Of(0, Point([0], [.5]), Point([0], [.95]));

        (learned!.Appearances.Reached, learned.Appearances.Median).ShouldBe((1, 0));
    }

    [Fact]
    public void Only_rows_of_the_phases_set_count_and_a_failed_trial_has_no_figure()
    {
        var other = Of(1, Point([3], [.95]));
        var failed = Of(0, Point([0], [.5]), Point([3], [double.NaN]));

        (other, failed, Of(0)).ShouldBe((null, null, null));
    }

    [Fact]
    public void A_rank_belongs_to_its_own_counter_where_only_some_are_measured()
    {
        var point = RankPoint.Of(name => name switch
        {
            "set" => NamedArray.Of<long>(name, [0, 0, 1], 3),
            "sequence_rank" => NamedArray.Of<long>(name, [0, 10, 0], 3),
            "row_accuracy" => NamedArray.Of<float>(name, [.5f, .95f, .95f], 3),
            _ => NamedArray.Of<int>(name, [.. Enumerable.Range(100, 11)], 11),
        });

        var learned = LearnedRanks.Of(0, [point.ShouldNotBeNull()]).ShouldNotBeNull();

        (learned.Appearances.Reached, learned.Appearances.Censored).ShouldBe((1, 1));
        (learned.Appearances.LowerQuartile, learned.HighestRank).ShouldBe((null, 10));
        learned.Appearances.MeanReached.ShouldBe(110);
    }

    private static LearnedRanks? Of(int set, params RankPoint[] points) =>
        LearnedRanks.Of(set, points);

    // All of set 0, from rank 0 on.
    private static RankPoint Point(int[] appearances, double[] accuracies) => new(
        new RankRows(
            [.. accuracies.Select(_ => 0.0)],
            [.. accuracies.Select((_, rank) => (double)rank)], [.. accuracies]),
        [.. appearances]);
}
