using System.Collections.Immutable;
using Mneme.Coordinator.Measures;
using Mneme.Coordinator.Reports;
using Mneme.Specs;

namespace Mneme.Coordinator.Export;

/// <summary>The measures of continual learning of an experiment whose family measures sets and
/// whose schedules switch between them.</summary>
/// <param name="Trials">In the order of the trials.</param>
internal sealed record ContinualResults(
    ExperimentResults Results, ImmutableArray<TrialMeasures> Trials)
{
    /// <summary>Null where there is nothing to measure: no sets, or no switch.</summary>
    public static ContinualResults? Of(ExperimentResults results)
    {
        if (!results.Family.SetMeasures.Contains(SetColumns.Accuracy)) return null;
        if (results.Spec.Schedules.All(schedule => schedule.Phases.Length == 1)) return null;
        var columns = new SetColumns(results.Columns, results.Spec.Sets);
        var histories = results.Trials.Select(trial => HistoryOf(results.Spec, columns, trial))
            .ToArray();
        var joint = JointTrials(results);
        return new ContinualResults(results, [.. results.Trials.Zip(histories, (trial, history) =>
            TrialMeasures.Of(history, IsJoint(results, trial) ? null
                : joint[(trial.Trial.Configuration, trial.Trial.Seed)].FirstOrDefault() is { } other
                    ? histories[other.Trial.Ordinal]
                    : null))]);
    }

    public long Stride => Results.Spec.MeasureEvery;

    /// <summary>By configuration and schedule, in the order of their first trials.</summary>
    public IEnumerable<SeedGroup> Groups() => Results.OverSeeds().Select(seeds => new SeedGroup(
        seeds[0].Trial.Configuration, seeds[0].Trial.Schedule, Results.LabelOf(seeds[0]),
        [.. ScheduleOf(seeds[0]).Phases.Select(phase => phase.Name)],
        [.. seeds.Select(trial => Trials[trial.Trial.Ordinal])]));

    public ScheduleSpec ScheduleOf(TrialResult trial) =>
        Results.Spec.Schedules[trial.Trial.Schedule];

    // By configuration and seed, in the order of the schedules.
    private static ILookup<(int, uint), TrialResult> JointTrials(ExperimentResults results) =>
        results.Trials.Where(trial => IsJoint(results, trial))
            .OrderBy(trial => trial.Trial.Schedule)
            .ToLookup(trial => (trial.Trial.Configuration, trial.Trial.Seed));

    private static bool IsJoint(ExperimentResults results, TrialResult trial) =>
        results.Spec.Schedules[trial.Trial.Schedule].IsJoint;

    private static SetHistory HistoryOf(
        ExperimentSpec spec, SetColumns columns, TrialResult trial) => new(
        columns,
        Visit.Of(spec.Schedules[trial.Trial.Schedule].Phases
            .Select(phase => (phase.Set, phase.Steps))),
        trial.Steps, trial.Values);
}
