using System.Collections.Immutable;
using Mneme.Specs;

namespace Mneme.Plans;

/// <summary>The segments that an experiment needs, as a pure function of its spec and packing: two
/// coordinators that read the same journal hold the same plan.</summary>
/// <param name="Cohorts">By number.</param>
/// <param name="Segments">By index; a parent comes before its children.</param>
public sealed record Plan(
    ImmutableArray<TrialSpec> Trials,
    ImmutableArray<PlannedCohort> Cohorts,
    ImmutableArray<PlannedSegment> Segments)
{
    /// <summary>Trial-steps of the whole plan: the unit of progress.</summary>
    public long TrialSteps => Segments.Sum(s => s.Steps * Cohorts[s.Cohort].Lanes.Length);

    private readonly ILookup<int, int> children = Segments
        .SelectMany(child => child.Parents.Select(parent => (parent, child.Index)))
        .ToLookup(edge => edge.parent, edge => edge.Index);

    /// <summary>Segments that start from this one's checkpoint, in the plan's order.</summary>
    public IEnumerable<int> ChildrenOf(int parent) => children[parent];

    public ImmutableArray<int> LanesOf(PlannedSegment segment) => Cohorts[segment.Cohort].Lanes;
}

/// <summary>Trials that train together.</summary>
/// <param name="Lanes">Lane k advances the trial with ordinal <c>Lanes[k]</c>.</param>
public sealed record PlannedCohort(int Number, ImmutableArray<int> Lanes);

/// <summary>A cohort advanced from one step to another inside one phase.</summary>
/// <param name="Index">Place in <see cref="Plan.Segments"/>.</param>
/// <param name="Key">Place in the plan in words, e.g. <c>c0003/s0002</c>; never from a clock or a
/// counter.</param>
/// <param name="Parents">Indices of the segments whose checkpoints it starts from; none: from the
/// seeds.</param>
/// <param name="Gather">Lane k starts from lane <c>Gather[k].Lane</c> of parent
/// <c>Gather[k].Parent</c> (an index into <paramref name="Parents"/>); empty when there are no
/// parents.</param>
public sealed record PlannedSegment(
    int Index,
    string Key,
    int Cohort,
    int Phase,
    long FromStep,
    long ToStep,
    ImmutableArray<int> Parents,
    ImmutableArray<LaneSource> Gather)
{
    public long Steps => ToStep - FromStep;
}

public readonly record struct LaneSource(int Parent, int Lane);
