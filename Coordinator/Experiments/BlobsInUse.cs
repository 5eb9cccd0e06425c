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

    // A leaf holds results; others are kept until every child has a committed child of its own, so
    // that a damaged checkpoint can be computed again from the one before it.
    private static bool IsNeeded(ExperimentState state, int segment)
    {
        var children = state.Plan.ChildrenOf(segment).ToList();
        return children.Count == 0 || children.Any(child =>
            state.Segments[child].Status != SegmentStatus.Committed
            || state.Plan.ChildrenOf(child).Any(
                grandchild => state.Segments[grandchild].Status != SegmentStatus.Committed));
    }
}
