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
                AddChain(segments, cohorts[^1], spec.Phases, how.StepsPerSegment);
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

    // No segment crosses a switch: that is where schedules part.
    private static void AddChain(
        ImmutableArray<PlannedSegment>.Builder segments, PlannedCohort cohort,
        ImmutableArray<PhaseSpec> phases, long length)
    {
        var identity = cohort.Lanes.Select((_, k) => new LaneSource(0, k)).ToImmutableArray();
        foreach (var (phase, from, to, part) in Parts(phases, length))
            segments.Add(new PlannedSegment(
                segments.Count, $"c{cohort.Number:D5}/s{part:D5}", cohort.Number, phase, from, to,
                Parents: part == 0 ? [] : [segments.Count - 1],
                Gather: part == 0 ? [] : identity));
    }

    private static IEnumerable<(int Phase, long From, long To, int Part)> Parts(
        ImmutableArray<PhaseSpec> phases, long length)
    {
        var (start, part) = (0L, 0);
        for (var phase = 0; phase < phases.Length; phase++)
        {
            var end = start + phases[phase].Steps;
            for (var from = start; from < end; from += length)
                yield return (phase, from, Math.Min(from + length, end), part++);
            start = end;
        }
    }
}
