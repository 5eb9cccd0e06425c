using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Mneme.Coordinator.Measures;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Measures;

public sealed class StabilityGapTests
{
    // Set 0 until row 2, set 1 until row 6, then set 2.
    private static readonly StabilityTrace Three = new(
        [
            [.5, .5, .5], [.7, .5, .5], [.9, .5, .5],
            [.6, .6, .5], [.7, .7, .5], [.75, .8, .5], [.8, .9, .5],
            [.5, .7, .6], [.7, .75, .7],
        ],
        [2, 6]);

    [Fact]
    public void The_first_set_has_nothing_to_forget()
    {
        var gap = Three.GapOf(0, window: 2);

        gap.MinimumAccuracy.ShouldBeNull();
        gap.WindowedForgetting.ShouldBeNull();
        gap.Gap.ShouldBeNull();
        gap.Recovered.ShouldBeNull();
        gap.WorstCaseAccuracy.ShouldBe(.9);
        gap.WindowedPlasticity!.Value.ShouldBe(.2, 1e-12);
    }

    [Fact]
    public void The_second_set_opens_a_gap_that_partly_closes()
    {
        var gap = Three.GapOf(1, window: 2);

        gap.MinimumAccuracy!.Value.ShouldBe(.6, 1e-12);
        gap.WorstCaseAccuracy!.Value.ShouldBe(.9 / 2 + .6 / 2, 1e-12);
        gap.WindowedForgetting!.Value.ShouldBe(.3, 1e-12);
        gap.WindowedPlasticity!.Value.ShouldBe(.1, 1e-12);
        gap.Gap!.Value.ShouldBe(.3, 1e-12);
        gap.Recovered!.Value.ShouldBe(.2, 1e-12);
    }

    [Fact]
    public void The_third_set_is_held_against_both_before_it()
    {
        var gap = Three.GapOf(2, window: 2);

        gap.MinimumAccuracy!.Value.ShouldBe((.5 + .7) / 2, 1e-12);
        gap.WorstCaseAccuracy!.Value.ShouldBe(.7 / 3 + 2.0 / 3 * .6, 1e-12);
        gap.WindowedForgetting!.Value.ShouldBe(.3, 1e-12);
        gap.Gap!.Value.ShouldBe((.3 + .2) / 2, 1e-12);
        gap.Recovered!.Value.ShouldBe((.2 + .05) / 2, 1e-12);
    }

    [Fact]
    public void Fewer_evaluations_than_a_window_have_no_windowed_figure()
    {
        Three.GapOf(2, window: 4).WindowedForgetting.ShouldBeNull();
        Three.GapOf(2, window: 4).WindowedPlasticity.ShouldBeNull();
        Three.GapOf(1, window: 5).WindowedForgetting!.Value.ShouldBe(.1, 1e-12);
    }

    [Fact]
    public void Rising_alone_is_no_forgetting() =>
        new StabilityTrace([[.5, .5], [.6, .5], [.7, .6], [.8, .7]], [1])
            .GapOf(1, window: 2).WindowedForgetting.ShouldBe(0);

    [Fact]
    public void One_evaluation_at_a_time_gives_the_same_at_every_evaluation() =>
        Prop.ForAll(Traces, Gen.Choose(1, 6).ToArbitrary(), (trace, window) =>
        {
            var running = RunningStability.Begin(window);
            for (var row = 0; row < trace.Rows.Length; row++)
            {
                running = running.Evaluated(trace.Rows[row]);
                if (running.Gap != SoFar(trace, row).GapOf(running.Current, window))
                    return false;
                if (!trace.Switches.Contains(row)) continue;
                running = running.Switched();
                if (running.Gap != AtSwitch(trace, row).GapOf(running.Current, window))
                    return false;
            }
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_switch_needs_an_evaluation() =>
        Should.Throw<InvalidOperationException>(() => RunningStability.Begin().Switched());

    [Fact]
    public void An_unknown_accuracy_stays_unknown_in_both_forms()
    {
        var trace = new StabilityTrace([[.9, .5], [double.NaN, .6], [.8, .7]], [0]);
        var running = trace.Rows.Skip(1).Aggregate(
            RunningStability.Begin(2).Evaluated(trace.Rows[0]).Switched(),
            (state, row) => state.Evaluated(row));

        running.Gap.ShouldBe(trace.GapOf(1, 2));
        running.Gap.WindowedForgetting.ShouldBeNull();
        running.Gap.Gap.ShouldBeNull();
    }

    private static StabilityTrace SoFar(StabilityTrace trace, int row) =>
        new(trace.Rows[..(row + 1)], [.. trace.Switches.Where(at => at < row)]);

    private static StabilityTrace AtSwitch(StabilityTrace trace, int row) =>
        new(trace.Rows[..(row + 1)], [.. trace.Switches.Where(at => at <= row)]);

    // A few sets, each trained for one to eight evaluations, some of which are not known.
    private static Arbitrary<StabilityTrace> Traces => (
        from sets in Gen.Choose(1, 4)
        from lengths in Gen.Choose(1, 8).ArrayOf(sets)
        let ends = lengths.Select((_, set) => lengths[..(set + 1)].Sum()).ToArray()
        from rows in AnyMatrix.Rows(ends[^1] + 1, sets)
        from hole in Gen.Choose(0, 3 * ends[^1])
        select new StabilityTrace(WithHole(rows, hole), [.. ends[..^1]])).ToArbitrary();

    private static ImmutableArray<ImmutableArray<double>> WithHole(
        ImmutableArray<ImmutableArray<double>> rows, int hole) => hole < rows.Length
        ? rows.SetItem(hole, rows[hole].SetItem(0, double.NaN))
        : rows;
}
