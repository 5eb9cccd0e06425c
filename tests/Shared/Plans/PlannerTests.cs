using Mneme.Coordinator.Search;
using Mneme.Plans;
using Mneme.Specs;
using Mneme.Tests.Coordinator.Experiments;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Plans;

public sealed class PlannerTests
{
    [Theory]
    [InlineData(1, 1), InlineData(8, 4), InlineData(9, 4), InlineData(64, 64), InlineData(65, 64)]
    public void Every_trial_has_one_lane_and_cohorts_differ_by_at_most_one_lane(
        int trials, int lanes)
    {
        var plan = Samples.Plan(trials, lanes, steps: 10, segment: 10);

        plan.Cohorts.SelectMany(c => c.Lanes).ShouldBe(Enumerable.Range(0, trials));
        var sizes = plan.Cohorts.Select(c => c.Lanes.Length).ToList();
        sizes.Max().ShouldBeLessThanOrEqualTo(lanes);
        (sizes.Max() - sizes.Min()).ShouldBeLessThanOrEqualTo(1);
    }

    [Theory]
    [InlineData(10, 10), InlineData(10, 3), InlineData(1, 5), InlineData(5000, 100)]
    public void The_segments_of_a_cohort_tile_its_steps(long steps, long segment)
    {
        var plan = Samples.Plan(trials: 4, lanes: 2, steps, segment);

        foreach (var chain in plan.Segments.GroupBy(s => s.Cohort))
        {
            chain.First().FromStep.ShouldBe(0);
            chain.Last().ToStep.ShouldBe(steps);
            chain.Zip(chain.Skip(1)).ShouldAllBe(pair => pair.First.ToStep == pair.Second.FromStep);
        }
    }

    [Fact]
    public void A_segment_starts_from_the_one_before_it_lane_by_lane()
    {
        var plan = Samples.Plan(trials: 4, lanes: 2, steps: 20, segment: 10);

        plan.Segments.Select(s => s.Key).ShouldBe(
            ["c00000/p00/s00000", "c00000/p00/s00001", "c00001/p00/s00000", "c00001/p00/s00001"]);
        plan.Segments[3].Parents.ShouldBe([2]);
        plan.Segments[3].Gather.ShouldBe([new LaneSource(0, 0), new LaneSource(0, 1)]);
        plan.ChildrenOf(2).ShouldBe([3]);
    }

    [Fact]
    public void No_segment_crosses_a_switch()
    {
        var spec = Samples.Spec(trials: 2, steps: 25) with
        {
            Schedules = [Schedule(Phase("a", 15), Phase("b", 10))],
        };
        var plan = Planner.Plan(
            spec, Samples.Family, Samples.Trials(2), new Packing([new ShapePacking(2, 10)]));

        plan.Segments.Select(s => (s.Phase, s.FromStep, s.ToStep))
            .ShouldBe([(0, 0, 10), (0, 10, 15), (1, 15, 25)]);
    }

    [Fact]
    public void Schedules_share_what_they_have_in_common_and_fork_where_they_part()
    {
        var plan = Forked(sharing: true);

        plan.Segments
            .Select(s => (s.Key, s.FromStep, s.ToStep, Parents: string.Join(',', s.Parents)))
            .ShouldBe(
            [
                ("c00000/p00.0/s00000", 0, 10, ""), ("c00000/p01.0/s00000", 10, 15, "0"),
                ("c00000/p02.0/s00000", 15, 20, "1"), ("c00000/p02.1/s00000", 15, 20, "1"),
                ("c00000/p01.2/s00000", 10, 20, "0"),
            ]);
        plan.TrialSteps.ShouldBe(2 * (10 + 5 + 5 + 5 + 10), "instead of 2 * 3 * 20");
    }

    [Fact]
    public void Every_trial_has_its_paths_with_and_without_sharing()
    {
        foreach (var plan in new[] { Forked(sharing: true), Forked(sharing: false) })
            foreach (var trial in plan.Trials)
            {
                var cohorts = plan.PathsOf(trial.Ordinal)
                    .Select(path => plan.Cohorts.Single(c => c.Lanes.Contains(path))).ToList();
                cohorts.Select(c => c.Phase).ShouldBe(Alternatives[trial.Schedule].Phases);
                plan.PathsOf(trial.Ordinal)
                    .ShouldAllBe(path => plan.TrialOf(path).Seed == trial.Seed);
            }
        Forked(sharing: false).TrialSteps.ShouldBe(2 * 3 * 20);
    }

    [Fact]
    public void A_schedule_may_end_where_another_goes_on()
    {
        var plan = Planned(
            [Schedule(Phase("a", 10), Phase("b", 5)), Schedule(Phase("a", 10))], sharing: true);

        plan.Segments.Length.ShouldBe(2);
        plan.Trials.Select(trial => plan.PathsOf(trial.Ordinal).Count())
            .ShouldBe(plan.Trials.Select(trial => trial.Schedule == 0 ? 2 : 1));
        plan.Segments.SelectMany(plan.TrialsEndingWith).Select(end => end.Trial).Order()
            .ShouldBe(plan.Trials.Select(trial => trial.Ordinal));
        plan.TrialStepsApart.ShouldBe(2 * (15 + 10));
    }

    private static readonly ScheduleSpec[] Alternatives =
    [
        Schedule(Phase("a", 10), Phase("b", 5), Phase("c", 5)),
        Schedule(Phase("a", 10), Phase("b", 5), Phase("d", 5)),
        Schedule(Phase("a", 10), Phase("e", 10)),
    ];

    private static Plan Forked(bool sharing) => Planned(Alternatives, sharing);

    private static Plan Planned(ScheduleSpec[] schedules, bool sharing)
    {
        var spec = Samples.Spec(trials: 2, steps: 20) with { Schedules = [.. schedules] };
        return Planner.Plan(
            spec, Samples.Family, TrialEnumeration.Of(spec, Samples.Family),
            new Packing([new ShapePacking(2, 10)], sharing));
    }

    private static ScheduleSpec Schedule(params PhaseSpec[] phases) => new([.. phases]);

    private static PhaseSpec Phase(string name, long steps) =>
        new(name, steps, new PhaseStart(0, name == "a" ? null : new SwitchSpec(name, [])));
}
