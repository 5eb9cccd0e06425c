using System.Collections.Immutable;
using Mneme.Specs;

namespace Mneme.Plans;

/// <summary>Spec and packing to plan: cohorts of equal shape that grow along the schedules, phase
/// by phase, and fork at a switch where schedules part. Pure.</summary>
public static class Planner
{
    public static Plan Plan(
        ExperimentSpec spec, FamilySchema family, ImmutableArray<TrialSpec> trials, Packing packing)
    {
        var growing = new GrowingPlan(spec.Schedules, packing.Sharing);
        foreach (var (shape, how) in Shapes.Of(trials, family).Zip(packing.Shapes))
            foreach (var group in Evenly(Rows(shape), how.LanesPerCohort))
                growing.Add(group, how.StepsPerSegment);
        return growing.Finish(trials);
    }

    /// <summary>Cuts into the fewest groups of at most <paramref name="most"/>, with sizes that
    /// differ by at most one: no cohort of one lane runs long after the others.</summary>
    public static IEnumerable<ImmutableArray<T>> Evenly<T>(ImmutableArray<T> all, int most)
    {
        var groups = (all.Length + most - 1) / most;
        for (var i = 0; i < groups; i++)
        {
            var from = (int)((long)all.Length * i / groups);
            var to = (int)((long)all.Length * (i + 1) / groups);
            yield return all[from..to];
        }
    }

    /// <summary>One configuration and seed is a row: its trial under each schedule, by the
    /// schedule's number.</summary>
    public static ImmutableArray<ImmutableArray<int>> Rows(ImmutableArray<TrialSpec> shape) =>
        [.. shape.GroupBy(trial => (trial.Configuration, trial.Seed))
            .Select(row => row.OrderBy(trial => trial.Schedule)
                .Select(trial => trial.Ordinal).ToImmutableArray())];
}
