using System.Collections.Immutable;
using Mneme.Specs;

namespace Mneme.Plans;

/// <summary>Spec and packing to plan: cohorts of equal shape, each a chain of segments.
/// Pure.</summary>
public static class Planner
{
    public static Plan Plan(
        ExperimentSpec spec, FamilySchema family, ImmutableArray<TrialSpec> trials, Packing packing)
    {
        var cohorts = ImmutableArray.CreateBuilder<PlannedCohort>();
        var segments = ImmutableArray.CreateBuilder<PlannedSegment>();
        foreach (var (shape, how) in Shapes.Of(trials, family).Zip(packing.Shapes))
            foreach (var lanes in Evenly(shape, how.LanesPerCohort))
            {
                cohorts.Add(new PlannedCohort(cohorts.Count, lanes));
                AddChain(segments, cohorts[^1], spec.Steps, how.StepsPerSegment);
            }
        return new Plan(trials, cohorts.ToImmutable(), segments.ToImmutable());
    }

    /// <summary>Cuts a shape's trials into the fewest cohorts of at most <paramref name="most"/>
    /// lanes, with sizes that differ by at most one: no cohort of one lane runs long after the
    /// others.</summary>
    public static IEnumerable<ImmutableArray<int>> Evenly(ImmutableArray<TrialSpec> shape, int most)
    {
        var cohorts = (shape.Length + most - 1) / most;
        for (var i = 0; i < cohorts; i++)
        {
            var from = (int)((long)shape.Length * i / cohorts);
            var to = (int)((long)shape.Length * (i + 1) / cohorts);
            var cohort = shape.AsSpan(from, to - from).ToArray();
            yield return [.. cohort.Select(trial => trial.Ordinal)];
        }
    }

    private static void AddChain(
        ImmutableArray<PlannedSegment>.Builder segments, PlannedCohort cohort,
        long steps, long length)
    {
        var identity = Enumerable.Range(0, cohort.Lanes.Length)
            .Select(k => new LaneSource(0, k))
            .ToImmutableArray();
        for (long from = 0, part = 0; from < steps; from += length, part++)
        {
            var first = from == 0;
            segments.Add(new PlannedSegment(
                segments.Count, $"c{cohort.Number:D5}/s{part:D5}", cohort.Number, Phase: 0,
                from, Math.Min(from + length, steps),
                Parents: first ? [] : [segments.Count - 1],
                Gather: first ? [] : identity));
        }
    }
}
