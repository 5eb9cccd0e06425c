using System.Collections.Immutable;
using Mneme.Coordinator.Measures;
using Mneme.Coordinator.Reports;

namespace Mneme.Coordinator.Export;

/// <summary>How often sequences had to be shown, of an experiment whose points record it.</summary>
/// <param name="Trials">Null for a phase on data of its own, and for one that did not come to its
/// end in good order.   // [trial][phase]</param>
internal sealed record RankResults(
    ExperimentResults Results, ImmutableArray<ImmutableArray<LearnedRanks?>> Trials)
{
    /// <param name="records">Reads those of a trial.</param>
    /// <returns>Null where points record nothing of the kind.</returns>
    public static async Task<RankResults?> Of(
        ExperimentResults results, Func<int, Task<TrialRecords>> records)
    {
        var trials = ImmutableArray.CreateBuilder<ImmutableArray<LearnedRanks?>>();
        foreach (var trial in results.Trials)
        {
            var own = await records(trial.Trial.Ordinal);
            // What one trial records, all do.
            if (trial.Steps.Length > 0 && PointOf(own, 0) is null) return null;
            trials.Add(OfTrial(results, trial, own));
        }
        var all = trials.ToImmutable();
        return all.Any(phases => phases.Any(ranks => ranks is not null))
            ? new RankResults(results, all)
            : null;
    }

    /// <summary>By configuration, schedule and phase; phases on data of their own left out.
    /// </summary>
    public IEnumerable<RankGroup> Groups() =>
        from seeds in Results.OverSeeds()
        from phase in Results.Spec.Schedules[seeds[0].Trial.Schedule].Phases.Index()
        where phase.Item.Set >= 0
        select new RankGroup(
            Results.LabelOf(seeds[0]), phase.Item.Name, Results.Spec.Sets[phase.Item.Set],
            [.. seeds.Select(trial => Trials[trial.Trial.Ordinal][phase.Index])]);

    private static ImmutableArray<LearnedRanks?> OfTrial(
        ExperimentResults results, TrialResult trial, TrialRecords records)
    {
        var schedule = results.Spec.Schedules[trial.Trial.Schedule];
        return [.. schedule.Phases.Zip(schedule.PhaseEnds).Select((phase, number) =>
        {
            var points = Enumerable.Range(0, trial.Steps.Length)
                .Where(point => trial.Phases[point] == number).ToList();
            var isWhole = points.Count > 0 && trial.Steps[points[^1]] == phase.Second;
            return phase.First.Set < 0 || !isWhole ? null : LearnedRanks.Of(
                phase.First.Set,
                [.. points.Select(point => PointOf(records, point)).OfType<RankPoint>()]);
        })];
    }

    private static RankPoint? PointOf(TrialRecords records, int point) =>
        RankPoint.Of(name => records.Get(point, name));
}
