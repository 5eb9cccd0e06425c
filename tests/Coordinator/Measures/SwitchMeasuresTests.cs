using FsCheck;
using FsCheck.Fluent;
using Mneme.Coordinator.Measures;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Measures;

public sealed class SwitchMeasuresTests
{
    private static readonly AccuracyRange Bit = new(.5, .9);
    private static readonly PhaseSpan First = new(0, 30);
    private static readonly PhaseSpan Second = new(30, 80);
    private static readonly PhaseSpan Third = new(80, 110);

    // The old set is learned until 30, falls to .55 and comes back a little.
    private static readonly double[] Old =
        [.5, .7, .88, .82, .6, .55, .7, .55, .9, .7, .8, .88];

    private static readonly double[] New =
        [.5, .5, .5, .52, .7, .8, .9, .9, .9, .6, .6, .6];

    [Fact]
    public void The_drop_is_from_the_old_level_to_the_first_look_at_the_new_set()
    {
        Around().OldLevel!.Value.ShouldBe(.8, 1e-12);
        Around().Drop!.Value.ShouldBe(.28, 1e-12);
    }

    [Fact]
    public void The_dip_is_at_the_earliest_of_equal_minima()
    {
        Around().DipDepth!.Value.ShouldBe(.25, 1e-12);
        Around().DipPosition.ShouldBe(20);
    }

    [Fact]
    public void The_area_of_the_dip_weighs_each_point_with_its_length() =>
        Around().DipArea!.Value.ShouldBe(10 * (.2 + .25 + .1 + .25 + 0), 1e-12);

    [Fact]
    public void Points_of_different_lengths_weigh_differently()
    {
        var uneven = new AccuracyCurve([10, 20, 30, 31, 50], [.8, .8, .8, .7, .6]);
        var around = new SwitchMeasures(In(uneven, First), In(uneven, Second),
            In(uneven, Second));

        around.DipArea!.Value.ShouldBe(1 * .1 + 19 * .2, 1e-12);
    }

    [Fact]
    public void Only_as_many_points_are_looked_at_as_asked()
    {
        Around(points: 1).DipDepth!.Value.ShouldBe(.2, 1e-12);
        Around(points: 1).DipArea!.Value.ShouldBe(2, 1e-12);
        Around(points: 1).AreaUnderNew!.Value.ShouldBe((.02 + .2) / .4 / 2, 1e-12);
    }

    [Fact]
    public void The_half_life_is_the_first_time_at_half_of_the_old_level()
    {
        // N(.8) is .75, and N(.6) is .25.
        Around().HalfLife.ShouldBe(EventTime.Reached(10));
        Switch(Old[..4].Concat([.7, .7]).ToArray()).HalfLife.ShouldBe(EventTime.Censored(50));
        Switch([.5, .5, .5, .5, .4]).HalfLife.ShouldBe(EventTime.NotApplicable);
    }

    [Fact]
    public void Recovery_is_the_time_back_to_the_part_of_the_old_level()
    {
        // The threshold is .5 + .9 * .3 = .77; the means of three are .5 .65 .7 .8.
        var lost = In(new AccuracyCurve([80, 90, 100, 110], [.5, .8, .8, .8]), Third);
        Around().Recovery(lost, .9).ShouldBe(EventTime.Reached(30));

        var kept = In(new AccuracyCurve([80, 90], [.9, .9]), Third);
        Around().Recovery(kept, .9).ShouldBe(EventTime.NotApplicable);
    }

    [Fact]
    public void A_switch_without_evaluations_after_it_has_no_dip()
    {
        var around = Switch(Old[..4]);

        around.DipDepth.ShouldBeNull();
        around.DipPosition.ShouldBeNull();
        around.DipArea.ShouldBeNull();
        around.HalfLife.ShouldBe(EventTime.Censored(50));
    }

    [Fact]
    public void A_set_that_only_improves_dips_by_less_than_nothing() =>
        Switch([.5, .6, .7, .7, .8, .9]).DipDepth!.Value.ShouldBeLessThan(0);

    [Fact]
    public void An_unknown_accuracy_leaves_the_dip_unknown()
    {
        var around = Switch([.8, .8, .8, .8, .6, double.NaN]);

        around.DipDepth.ShouldBeNull();
        around.DipPosition.ShouldBeNull();
        around.DipArea.ShouldBeNull();
    }

    [Fact]
    public void No_point_looked_at_is_below_the_dip_and_none_before_it_is_equal() =>
        Prop.ForAll(AnyMatrix.Accuracy.ArrayOf(9).ToArbitrary(), values =>
        {
            var around = Switch(values);
            var place = 3 + (int)(around.DipPosition!.Value / 10);
            return values[4..].All(value => value >= values[place]) &&
                values[4..place].All(value => value > values[place]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Phases_that_do_not_meet_are_refused() =>
        Should.Throw<ArgumentException>(() => new SwitchMeasures(
            In(Curve(Old), First), In(Curve(Old), Third), In(Curve(New), Third)));

    [Fact]
    public void Savings_exist_only_where_both_times_do()
    {
        var (slow, fast) = (EventTime.Reached(100), EventTime.Reached(40));

        Savings.Ratio(slow, fast).ShouldBe(2.5);
        Savings.Ebbinghaus(slow, fast).ShouldBe(.6);
        Savings.Ebbinghaus(fast, slow).ShouldBe(-1.5);
        Savings.Ebbinghaus(slow, slow).ShouldBe(0);
        foreach (var other in new[] { EventTime.Censored(50), EventTime.NotApplicable })
        {
            Savings.Ratio(other, fast).ShouldBeNull();
            Savings.Ratio(slow, other).ShouldBeNull();
            Savings.Ebbinghaus(other, fast).ShouldBeNull();
            Savings.Ebbinghaus(slow, other).ShouldBeNull();
        }
    }

    [Fact]
    public void Learning_again_in_no_time_saves_all_of_it()
    {
        Savings.Ebbinghaus(EventTime.Reached(100), EventTime.Reached(0)).ShouldBe(1);
        Savings.Ratio(EventTime.Reached(100), EventTime.Reached(0)).ShouldBeNull();
    }

    [Fact]
    public void A_rescue_is_the_part_that_came_back()
    {
        Savings.Rescue(before: .9, after: .5, swapped: .8)!.Value.ShouldBe(.75, 1e-12);
        Savings.Rescue(.5, .5, .8).ShouldBeNull();
    }

    private static SwitchMeasures Around(int? points = null) => Switch(Old, points);

    private static SwitchMeasures Switch(double[] old, int? points = null) => new(
        In(Curve(old), First), In(Curve(old), Second), In(Curve(New), Second), points);

    private static PhaseCurve In(AccuracyCurve curve, PhaseSpan phase) => new(curve, phase, Bit);

    private static AccuracyCurve Curve(double[] values) =>
        new([.. values.Select((_, point) => 10L * point)], values);
}
