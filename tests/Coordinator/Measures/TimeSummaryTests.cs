using FsCheck;
using FsCheck.Fluent;
using Mneme.Coordinator.Measures;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Measures;

/// <summary>Times of lanes, some failed.</summary>
internal static class AnyTime
{
    public static Gen<EventTime?> Lane =>
        from kind in Gen.Choose(0, 5)
        from steps in Gen.Choose(0, 99)
        select (EventTime?)(kind switch
        {
            0 => null,
            1 => EventTime.NotApplicable,
            2 => EventTime.Censored(steps),
            _ => EventTime.Reached(steps),
        });
}

public sealed class TimeSummaryTests
{
    [Fact]
    public void A_censored_time_lies_above_all_others_whatever_its_bound()
    {
        var summary = Of(Reached(10), Reached(300), Reached(40), Censored(20), Reached(20));

        summary.LowerQuartile.ShouldBe(20);
        summary.Median.ShouldBe(40);
        summary.UpperQuartile.ShouldBe(300);
        summary.Share.ShouldBe(.8);
        summary.MeanReached.ShouldBe(92.5);
    }

    [Fact]
    public void A_median_among_the_censored_is_not_a_number()
    {
        Of(Reached(10), Censored(100), Censored(100)).Median.ShouldBeNull();
        Of(Reached(10), Censored(100)).Median.ShouldBeNull();
        Of(Reached(10), Reached(20), Censored(100)).Median.ShouldBe(20);
        Of(Reached(10), Reached(20), Reached(30), Censored(100)).Median.ShouldBe(25);
    }

    [Fact]
    public void What_was_not_asked_or_failed_is_counted_and_left_out()
    {
        var summary = Of(Reached(10), null, EventTime.NotApplicable, Reached(20), null);

        (summary.Reached, summary.Censored).ShouldBe((2, 0));
        (summary.NotApplicable, summary.Failed).ShouldBe((1, 2));
        (summary.Median, summary.Share).ShouldBe((15, 1));
    }

    [Fact]
    public void Of_no_lanes_there_is_neither_a_share_nor_a_median() =>
        Of(null, EventTime.NotApplicable).ShouldBe(
            new TimeSummary(0, 0, 1, 1, null, null, null, null));

    [Fact]
    public void A_bound_changes_no_number() =>
        Prop.ForAll(AnyTime.Lane.ArrayOf().ToArbitrary(), times =>
            TimeSummary.Of(times) == TimeSummary.Of(
                [.. times.Select(time => time?.Bound is null ? time : Censored(1001))]))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_lane_that_was_censored_lowers_no_quartile() =>
        Prop.ForAll(AnyTime.Lane.ArrayOf().ToArbitrary(), times =>
        {
            var (all, more) = (TimeSummary.Of(times), TimeSummary.Of([.. times, Censored(1)]));
            return IsAtMost(all.LowerQuartile, more.LowerQuartile) &&
                IsAtMost(all.Median, more.Median) &&
                (all.Reached == 0 || IsAtMost(all.UpperQuartile, more.UpperQuartile));
        }).QuickCheckThrowOnFailure();

    // Null is above every number.
    private static bool IsAtMost(double? lower, double? upper) =>
        upper is null || lower <= upper;

    private static TimeSummary Of(params EventTime?[] times) => TimeSummary.Of(times);

    private static EventTime Reached(long at) => EventTime.Reached(at);

    private static EventTime Censored(long bound) => EventTime.Censored(bound);
}
