using FsCheck;
using FsCheck.Fluent;
using Mneme.Coordinator.Measures;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Measures;

public sealed class PhaseCurveTests
{
    private static readonly AccuracyRange Bit = new(.5, .9);
    private static readonly PhaseSpan Second = new(100, 200);

    // From .5 at the switch up to .9, evaluated every ten steps.
    private static readonly double[] Rising = [.5, .6, .7, .8, .9, .9, .9];

    [Fact]
    public void A_threshold_is_reached_by_the_smoothed_curve()
    {
        // The threshold is .86; the means of three are .5 .55 .6 .7 .8 .867.
        InSecond(Rising).TimeTo(.9, .9).ShouldBe(EventTime.Reached(50));
        InSecond(Rising, window: 1).TimeTo(.9, .9).ShouldBe(EventTime.Reached(40));
    }

    [Fact]
    public void A_threshold_not_reached_is_censored_with_the_length_of_the_phase()
    {
        var time = InSecond([.5, .6, .6, .6]).TimeTo(.9, .9);

        time.ShouldBe(EventTime.Censored(100));
        time.At.ShouldBeNull();
        time.Bound.ShouldBe(100);
    }

    [Fact]
    public void A_threshold_above_the_ceiling_or_below_the_level_at_the_switch_is_not_asked()
    {
        InSecond(Rising).TimeTo(.9, 1.0).ShouldBe(EventTime.NotApplicable);
        InSecond([.8, .9, .9]).TimeTo(.5, .9).ShouldBe(EventTime.NotApplicable);
        InSecond(Rising).TimeTo(.9, null).ShouldBe(EventTime.NotApplicable);
        InSecond([]).TimeTo(.9, .9).ShouldBe(EventTime.NotApplicable);
    }

    [Fact]
    public void The_whole_way_to_the_ceiling_is_not_above_it() =>
        Prop.ForAll(Ranges, range => !range.IsAboveCeiling(1, range.Ceiling))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_level_at_the_switch_equal_to_the_threshold_takes_no_time() =>
        new PhaseCurve(new AccuracyCurve([100], [.75]), Second, new AccuracyRange(.5, 1))
            .TimeTo(.5, 1).ShouldBe(EventTime.Reached(0));

    [Fact]
    public void A_lane_that_never_learns_reaches_its_own_plateau_at_once()
    {
        var never = InSecond([.5, .5, .5, .5]);
        var learned = InSecond(Rising);

        never.TimeTo(.9, never.Reference(ReferenceLevel.OwnPlateau, learned))
            .ShouldBe(EventTime.Reached(0));
        never.TimeTo(.9, never.Reference(ReferenceLevel.FirstPlateau, learned))
            .ShouldBe(EventTime.Censored(100));
        never.TimeTo(.9, never.Reference(ReferenceLevel.Ceiling, learned))
            .ShouldBe(EventTime.Censored(100));
    }

    [Fact]
    public void A_plateau_is_the_mean_of_the_last_points_there_are()
    {
        InSecond(Rising).Plateau!.Value.ShouldBe(.9, 1e-12);
        InSecond([.6, .7]).Plateau!.Value.ShouldBe(.65, 1e-12);
        InSecond([]).Plateau.ShouldBeNull();
        InSecond([.6, double.NaN]).Plateau.ShouldBeNull();
    }

    [Fact]
    public void The_area_is_the_mean_of_normalised_points_from_the_switch_on()
    {
        InSecond(Rising).Area()!.Value.ShouldBe((0 + .25 + .5 + .75 + 3) / 7, 1e-12);
        InSecond(Rising).Area(2)!.Value.ShouldBe(.25, 1e-12);
        InSecond([]).Area().ShouldBeNull();
    }

    [Fact]
    public void The_slope_is_the_largest_rise_of_a_mean_of_five()
    {
        // Means of five: .7, .78, .84.
        InSecond(Rising).Slope!.Value.ShouldBe(.08, 1e-12);
        InSecond([.5, .6, .7, .8, .9]).Slope.ShouldBeNull();
    }

    [Fact]
    public void Smoothing_never_crosses_a_switch() =>
        Prop.ForAll(Values(30), Values(30), (one, other) =>
        {
            // The phase holds points 10 to 20; whatever lies outside differs.
            double[] mixed = [.. other[..10], .. one[10..21], .. other[21..]];
            var (a, b) = (InSecond(one, shift: -100), InSecond(mixed, shift: -100));
            return a.Smoothed.Count() == 11 && a.Smoothed.SequenceEqual(b.Smoothed) &&
                a.Plateau == b.Plateau && a.Slope == b.Slope &&
                a.TimeTo(.5, .9) == b.TimeTo(.5, .9);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_higher_threshold_is_never_reached_earlier() =>
        Prop.ForAll(Values(11), values =>
        {
            var curve = InSecond(values);
            var times = new[] { .5, .75, .9, .95 }
                .Select(fraction => curve.TimeTo(fraction, .9))
                .Where(time => time.Kind != EventTimeKind.NotApplicable)
                .Select(time => time.At ?? long.MaxValue).ToArray();
            return times.SequenceEqual(times.Order());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_curve_whose_steps_do_not_ascend_is_refused()
    {
        Should.Throw<ArgumentException>(() => new AccuracyCurve([1, 1], [.5, .5]));
        Should.Throw<ArgumentException>(() => new AccuracyCurve([1, 2], [.5]));
    }

    private static Arbitrary<AccuracyRange> Ranges => (
        from chance in AnyMatrix.Accuracy
        from ceiling in AnyMatrix.Accuracy
        select new AccuracyRange(chance / 3, .34 + ceiling / 3)).ToArbitrary();

    private static Arbitrary<double[]> Values(int count) =>
        AnyMatrix.Accuracy.ArrayOf(count).ToArbitrary();

    private static PhaseCurve InSecond(double[] values, long shift = 0, int window = 3)
    {
        var steps = values.Select((_, point) => Second.Start + shift + 10 * point);
        return new PhaseCurve(new AccuracyCurve([.. steps], values), Second, Bit, window);
    }
}
