using System.Collections.Immutable;
using Mneme.Messages;
using Mneme.Plans;
using Mneme.Specs;

namespace Mneme.Coordinator.Experiments;

/// <summary>How one trial is brought to a step again: from the last checkpoint before it that is
/// still there, or from the seeds, segment by segment as it was trained. Pure.</summary>
public sealed class ReplayRoute(ExperimentSpec spec, ExperimentState state, int trial)
{
    private readonly ImmutableArray<Part> parts =
        [.. state.Plan.PathsOf(trial).SelectMany(path => PartsOf(state.Plan, path))];

    /// <summary>How far the trial is committed.</summary>
    public long TrainedSteps => parts
        .Select(part => state.Segments[part.Segment.Index])
        .Where(progress => progress.Checkpoint is not null)
        .Select(progress => progress.DoneStep).DefaultIfEmpty(0).Max();

    /// <summary>Assignments of one lane, to be done one after the other. The first says where to
    /// start; it may have no steps.</summary>
    /// <param name="step">At most <see cref="TrainedSteps"/>. At a switch: before it.</param>
    /// <param name="isKept">Whether a checkpoint is still there.</param>
    public ImmutableArray<Assign> To(long step, Func<string, bool> isKept)
    {
        var from = LastKept(step, isKept);
        if (from is null) return [.. Stretches(0, step, parts[0].Segment.FromStep, null)];
        var (place, progress) = (from.Value, state.Segments[parts[from.Value].Segment.Index]);
        return [.. Stretches(place, step, progress.DoneStep, progress.Checkpoint)];
    }

    private int? LastKept(long step, Func<string, bool> isKept)
    {
        for (var i = parts.Length - 1; i >= 0; i--)
            if (state.Segments[parts[i].Segment.Index] is { Checkpoint: { } kept } progress
                && progress.DoneStep <= step && isKept(kept)) return i;
        return null;
    }

    private IEnumerable<Assign> Stretches(int place, long step, long from, string? checkpoint)
    {
        yield return Stretch(parts[place], from, step, checkpoint);
        foreach (var part in parts.Skip(place + 1).Where(part => part.Segment.FromStep < step))
            yield return Stretch(part, part.Segment.FromStep, step, null);
    }

    private Assign Stretch(Part part, long from, long step, string? checkpoint)
    {
        var index = part.Segment.Index;
        var whole = Assignments.Of(spec, state with
        {
            Segments = state.Segments.SetItem(
                index, state.Segments[index] with { DoneStep = from, Checkpoint = checkpoint }),
        }, index);
        return whole with
        {
            ToStep = Math.Min(step, part.Segment.ToStep),
            Parents = checkpoint is null ? [] : [checkpoint],
            Lanes = [whole.Lanes[part.Lane] with { Source = new LaneSource(0, part.Lane) }],
        };
    }

    private static IEnumerable<Part> PartsOf(Plan plan, int path)
    {
        var cohort = plan.CohortOf(path);
        var lane = cohort.Lanes.IndexOf(path);
        return plan.SegmentsOf(cohort).Select(segment => new Part(segment, lane));
    }

    /// <summary>A segment, and the trial's lane in it.</summary>
    private sealed record Part(PlannedSegment Segment, int Lane);
}
