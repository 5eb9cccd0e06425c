namespace Mneme.Coordinator.Experiments;

/// <summary>Which checkpoints a later segment, a repair or the results may still need, and all
/// records. Pure.</summary>
public static class BlobsInUse
{
    public static IReadOnlySet<string> Of(ExperimentState state) => Enumerable
        .Range(0, state.Segments.Count)
        .Where(segment => IsNeeded(state, segment))
        .Select(segment => state.Segments[segment].Checkpoint)
        .OfType<string>()
        .Concat(state.Segments.SelectMany(segment => segment.Records))
        .ToHashSet();

    // Where trials end are results; others are kept until every child has a committed child of its
    // own, so that a damaged checkpoint can be computed again from the one before it.
    private static bool IsNeeded(ExperimentState state, int segment)
    {
        var holdsResults = state.Plan.TrialsEndingWith(state.Plan.Segments[segment]).Any();
        return holdsResults || state.Plan.ChildrenOf(segment).Any(child =>
            state.Segments[child].Status != SegmentStatus.Committed
            || state.Plan.ChildrenOf(child).Any(
                grandchild => state.Segments[grandchild].Status != SegmentStatus.Committed));
    }
}
