using System.Collections.Immutable;
using Mneme.Messages;
using Mneme.Plans;
using Mneme.Specs;

namespace Mneme.Coordinator.Experiments;

/// <summary>A granted segment as the message that a worker can start from. Pure.</summary>
public static class Assignments
{
    public static Assign Of(ExperimentSpec spec, ExperimentState state, int index)
    {
        var segment = state.Plan.Segments[index];
        var progress = state.Segments[index];
        var cohort = state.Plan.Cohorts[segment.Cohort];
        var trials = cohort.Lanes.Select(state.Plan.TrialOf).ToList();
        var common = Common(trials);
        var (parents, gather) = Sources(state, segment, progress);
        var lanes = trials.Select((trial, k) => new AssignedLane(
            cohort.Lanes[k], trial.Seed, [.. trial.Settings.Where(s => !common.Contains(s))],
            gather.IsEmpty ? default : gather[k]));
        // A switch is a part of the phase's first step: whoever has done that step has switched.
        return new Assign(
            new SegmentId(spec.Name, index), segment.Key, progress.Epoch,
            spec.Model, spec.Resources.Device, segment.Phase,
            progress.DoneStep == cohort.FirstStep ? cohort.Phase.Start : null,
            progress.DoneStep, segment.ToStep, spec.MeasureEvery,
            Within(segment, spec.Borders), Within(segment, spec.MeasureAt),
            spec.Sets.Length, spec.Saves, [.. common], parents, [.. lanes]);
    }

    // Where any schedule switches or ends, all are measured: their curves have the same points.
    private static ImmutableArray<long> Within(
        PlannedSegment segment, ImmutableArray<long> steps) =>
        [.. steps.Where(step => step >= segment.FromStep && step <= segment.ToStep)];

    private static List<Setting> Common(List<TrialSpec> trials) =>
        [.. trials[0].Settings.Where(s => trials.All(trial => trial.Settings.Contains(s)))];

    // A segment that was cut short goes on from its own checkpoint, lane by lane.
    private static (ImmutableArray<string>, ImmutableArray<LaneSource>) Sources(
        ExperimentState state, PlannedSegment segment, SegmentState progress) =>
        progress.Checkpoint is { } own
            ? ([own], [.. state.Plan.LanesOf(segment).Select((_, k) => new LaneSource(0, k))])
            : ([.. segment.Parents.Select(p => state.Segments[p].Checkpoint!)], segment.Gather);
}
