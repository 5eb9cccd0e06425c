using System.Collections.Immutable;
using Mneme.Specs;

namespace Mneme.Plans;

/// <summary>A plan under construction. Every group of rows (configuration and seed) walks the trie
/// of the schedules: a cohort for each stretch that schedules have in common.</summary>
internal sealed class GrowingPlan(ImmutableArray<ScheduleSpec> schedules, bool sharing)
{
    private readonly List<PlannedPath> paths = [];
    private readonly List<PlannedCohort> cohorts = [];
    private readonly List<PlannedSegment> segments = [];
    private readonly SortedDictionary<int, int> ends = [];
    private int groups;

    /// <param name="rows">Trials by schedule, for each configuration and seed.</param>
    public void Add(ImmutableArray<ImmutableArray<int>> rows, long stepsPerSegment)
    {
        var name = $"c{groups++:D5}";
        var all = Enumerable.Range(0, schedules.Length).ToImmutableArray();
        foreach (var together in sharing ? [all] : all.Select(one => ImmutableArray.Create(one)))
            Grow(new Stretch(rows, together, Phase: 0, Parent: null, name), stepsPerSegment);
    }

    public Plan Finish(ImmutableArray<TrialSpec> trials) =>
        new(trials, [.. paths], [.. ends.Values], [.. cohorts], [.. segments]);

    private void Grow(Stretch stretch, long stepsPerSegment)
    {
        var open = stretch.Schedules.Where(s => schedules[s].Phases.Length > stretch.Phase);
        var branches = open.GroupBy(s => schedules[s].Phases[stretch.Phase]).ToList();
        foreach (var branch in branches)
        {
            var agreeing = branch.ToImmutableArray();
            var fork = schedules.Length > 1 ? $".{agreeing[0]}" : "";
            var name = $"{stretch.Name}/p{stretch.Phase:D2}{fork}";
            var cohort = AddCohort(stretch, agreeing, branch.Key);
            var last = AddChain(stretch, cohort, name, stepsPerSegment);
            var next = new Stretch(stretch.Rows, agreeing, stretch.Phase + 1, last, stretch.Name);
            Grow(next, stepsPerSegment);
        }
    }

    private PlannedCohort AddCohort(
        Stretch stretch, ImmutableArray<int> agreeing, PhaseSpec phase)
    {
        var before = stretch.Parent is { } parent ? cohorts[parent.Cohort] : null;
        var lanes = ImmutableArray.CreateBuilder<int>();
        var ending = agreeing.Where(s => schedules[s].Phases.Length == stretch.Phase + 1).ToList();
        for (var k = 0; k < stretch.Rows.Length; k++)
        {
            foreach (var schedule in ending) ends[stretch.Rows[k][schedule]] = paths.Count;
            lanes.Add(paths.Count);
            paths.Add(new PlannedPath(
                paths.Count, before?.Lanes[k], stretch.Rows[k][agreeing[0]]));
        }
        cohorts.Add(new PlannedCohort(
            cohorts.Count, lanes.ToImmutable(), phase, before?.EndStep ?? 0));
        return cohorts[^1];
    }

    // Lanes keep their places: a fork is another segment with the same parent.
    private PlannedSegment AddChain(
        Stretch stretch, PlannedCohort cohort, string name, long stepsPerSegment)
    {
        var identity = cohort.Lanes.Select((_, k) => new LaneSource(0, k)).ToImmutableArray();
        var parent = stretch.Parent;
        for (long from = cohort.FirstStep, part = 0; from < cohort.EndStep; part++)
        {
            var to = Math.Min(from + stepsPerSegment, cohort.EndStep);
            parent = new PlannedSegment(
                segments.Count, $"{name}/s{part:D5}", cohort.Number, stretch.Phase, from, to,
                parent is null ? [] : [parent.Index], parent is null ? [] : identity);
            segments.Add(parent);
            from = to;
        }
        return parent!;
    }

    /// <summary>A place in the trie: what is grown next.</summary>
    /// <param name="Schedules">Those that agree up to here.</param>
    /// <param name="Parent">The last segment before, or null.</param>
    private sealed record Stretch(
        ImmutableArray<ImmutableArray<int>> Rows, ImmutableArray<int> Schedules, int Phase,
        PlannedSegment? Parent, string Name);
}
