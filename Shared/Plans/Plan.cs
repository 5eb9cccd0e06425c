using System.Collections.Immutable;
using Mneme.Specs;

namespace Mneme.Plans;

/// <summary>The segments that an experiment needs, as a pure function of its spec and packing: two
/// coordinators that read the same journal hold the same plan.</summary>
/// <param name="Paths">Trials that agree up to a switch share the paths up to it.</param>
/// <param name="Ends">By trial: the path of its last phase. Where a schedule ends, another may go
/// on.</param>
/// <param name="Cohorts">By number.</param>
/// <param name="Segments">By index; a parent comes before its children.</param>
public sealed record Plan(
    ImmutableArray<TrialSpec> Trials,
    ImmutableArray<PlannedPath> Paths,
    ImmutableArray<int> Ends,
    ImmutableArray<PlannedCohort> Cohorts,
    ImmutableArray<PlannedSegment> Segments)
{
    private readonly ILookup<int, int> children = Segments
        .SelectMany(child => child.Parents.Select(parent => (parent, child.Index)))
        .ToLookup(edge => edge.parent, edge => edge.Index);

    private readonly ImmutableArray<int> cohortOf =
        [.. Cohorts.SelectMany(cohort => cohort.Lanes.Select(path => (path, cohort.Number)))
            .OrderBy(entry => entry.path).Select(entry => entry.Number)];

    private readonly ILookup<int, PlannedSegment> segmentsOf =
        Segments.ToLookup(segment => segment.Cohort);

    private readonly ILookup<int, int> trialsEndingOn = Ends
        .Select((path, trial) => (path, trial)).ToLookup(end => end.path, end => end.trial);

    /// <summary>Steps times lanes of the whole plan, shared ones counted once: the unit of
    /// progress.</summary>
    public long TrialSteps { get; } =
        Segments.Sum(segment => segment.Steps * Cohorts[segment.Cohort].Lanes.Length);

    /// <summary>What it would be if every trial trained alone from its start.</summary>
    public long TrialStepsApart => Trials.Sum(trial =>
        PathsOf(trial.Ordinal).Sum(path => CohortOf(path).Phase.Steps));

    /// <summary>Segments that start from this one's checkpoint, in the plan's order.</summary>
    public IEnumerable<int> ChildrenOf(int parent) => children[parent];

    /// <summary>Lane k of the segment advances the path <c>LanesOf(segment)[k]</c>.</summary>
    public ImmutableArray<int> LanesOf(PlannedSegment segment) => Cohorts[segment.Cohort].Lanes;

    /// <summary>The cohort in which a path is advanced.</summary>
    public PlannedCohort CohortOf(int path) => Cohorts[cohortOf[path]];

    /// <summary>A cohort's segments from first to last.</summary>
    public IEnumerable<PlannedSegment> SegmentsOf(PlannedCohort cohort) =>
        segmentsOf[cohort.Number];

    /// <summary>The trial whose settings and seed a path has; of several, the first.</summary>
    public TrialSpec TrialOf(int path) => Trials[Paths[path].Trial];

    /// <summary>A trial's paths from its first phase to its last.</summary>
    public IEnumerable<int> PathsOf(int trial)
    {
        var paths = new Stack<int>();
        for (int? path = Ends[trial]; path is { } here; path = Paths[here].Parent)
            paths.Push(here);
        return paths;
    }

    /// <summary>Trials that are finished when the segment is, with their lanes.</summary>
    public IEnumerable<(int Trial, int Lane)> TrialsEndingWith(PlannedSegment segment) =>
        segment.ToStep < Cohorts[segment.Cohort].EndStep
            ? []
            : LanesOf(segment).SelectMany((path, lane) =>
                trialsEndingOn[path].Select(trial => (trial, lane)));
}

/// <summary>One configuration with one seed during one phase, after the phases before it.</summary>
/// <param name="Parent">The path of the phase before, or null.</param>
/// <param name="Trial">Ordinal of the first trial that takes this path.</param>
public sealed record PlannedPath(int Index, int? Parent, int Trial);

/// <summary>Paths that train together through one phase.</summary>
/// <param name="Lanes">Lane k advances the path <c>Lanes[k]</c>.</param>
/// <param name="FirstStep">Where the phase begins.</param>
public sealed record PlannedCohort(
    int Number, ImmutableArray<int> Lanes, PhaseSpec Phase, long FirstStep)
{
    public long EndStep => FirstStep + Phase.Steps;
}

/// <summary>A cohort advanced from one step to another inside its phase.</summary>
/// <param name="Index">Place in <see cref="Plan.Segments"/>.</param>
/// <param name="Key">Place in the plan in words, e.g. <c>c00003/p01/s00002</c>; never from a clock
/// or a counter of events.</param>
/// <param name="Phase">How many phases lie before.</param>
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
