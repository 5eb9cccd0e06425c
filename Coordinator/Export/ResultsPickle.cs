using Mneme.Results;
using Mneme.Specs;

namespace Mneme.Coordinator.Export;

/// <summary>The pickle of an experiment: plain Python values and numpy arrays. It holds nothing of
/// how the numbers were computed (cohorts, machines, clocks), so equal experiments give equal
/// bytes.</summary>
internal static class ResultsPickle
{
    /// <param name="continual">The measures of sets and switches, where there are any.</param>
    /// <param name="ranks">How often sequences had to be shown, where points tell it.</param>
    public static PickleValue.Dict Of(
        ExperimentResults results, ContinualResults? continual, RankResults? ranks = null)
    {
        var spec = results.Spec;
        var all = new PickleValue.Dict
        {
            ["name"] = spec.Name,
            ["model"] = spec.Model,
            ["steps"] = spec.Steps,
            ["measure_every"] = spec.MeasureEvery,
            ["searched"] = new PickleValue.List(results.Searched.Select(name => (PickleValue)name)),
            ["schedules"] = new PickleValue.List(
                results.ScheduleNames.Select(name => (PickleValue)name)),
            ["step"] = NamedArray.Of<long>("step", PointSteps(results), PointSteps(results).Length),
            ["points"] = Points(results),
            ["trials"] = Trials(results),
            ["settings"] = Settings(results),
        };
        if (ranks is not null) all["ranks"] = RankTable.Pickled(ranks);
        if (!spec.HasSwitches) return all;
        all["sets"] = new PickleValue.List(spec.Sets.Select(set => (PickleValue)set));
        all["phase"] = Phases(results);
        all["phase_sets"] = new PickleValue.List(spec.Schedules.Select(PhaseSets));
        if (continual is not null) ContinualPickle.AddTo(all, continual);
        return all;
    }

    // Shorter schedules begin with the same points.
    private static long[] PointSteps(ExperimentResults results) =>
        results.Trials.MaxBy(trial => trial.Steps.Length)!.Steps;

    // By column: [trial, point]; NaN where a shorter schedule has no points any more.
    private static PickleValue.Dict Points(ExperimentResults results)
    {
        var points = new PickleValue.Dict();
        var width = PointSteps(results).Length;
        foreach (var (column, m) in results.Columns.Select((name, m) => (name, m)))
        {
            var values = results.Trials.SelectMany(trial => Padded(trial.Values[m], width));
            points[column] = NamedArray.Of<double>(
                column, values.ToArray(), results.Trials.Length, width);
        }
        return points;
    }

    private static IEnumerable<double> Padded(double[] values, int width) =>
        values.Concat(Enumerable.Repeat(double.NaN, width - values.Length));

    // The number of the set that each phase trains, -1 for one of its own.
    private static PickleValue PhaseSets(ScheduleSpec schedule) =>
        new PickleValue.List(schedule.Phases.Select(phase => (PickleValue)(long)phase.Set));

    // The number of the phase that each point belongs to, -1 where there is none.
    private static NamedArray Phases(ExperimentResults results)
    {
        var width = PointSteps(results).Length;
        var phases = results.Trials.SelectMany(trial => trial.Phases
            .Concat(Enumerable.Repeat(-1, width - trial.Phases.Length))
            .Select(phase => (long)phase));
        return NamedArray.Of<long>("phase", phases.ToArray(), results.Trials.Length, width);
    }

    private static PickleValue.Dict Trials(ExperimentResults results) => new()
    {
        ["ordinal"] = Column("ordinal", results, trial => trial.Trial.Ordinal),
        ["configuration"] = Column("configuration", results, trial => trial.Trial.Configuration),
        ["schedule"] = Column("schedule", results, trial => trial.Trial.Schedule),
        ["seed"] = Column("seed", results, trial => trial.Trial.Seed),
        ["diverged_at"] = Column("diverged_at", results, trial => trial.DivergedAt ?? -1),
        ["status"] = new PickleValue.List(
            results.Trials.Select(trial => (PickleValue)trial.Status)),
        ["chain"] = new PickleValue.List(
            results.Trials.Select(trial => (PickleValue)trial.Chain)),
    };

    private static PickleValue Column(
        string name, ExperimentResults results, Func<TrialResult, long> value) =>
        NamedArray.Of<long>(name, results.Trials.Select(value).ToArray(), results.Trials.Length);

    // By setting: one value per trial.
    private static PickleValue.Dict Settings(ExperimentResults results)
    {
        var settings = new PickleValue.Dict();
        foreach (var (schema, i) in results.Family.Settings.Select((schema, i) => (schema, i)))
            settings[schema.Name] = new PickleValue.List(
                results.Trials.Select(trial => Value(trial.Trial.Settings[i].Value)));
        return settings;
    }

    internal static PickleValue Value(SettingValue value) => value switch
    {
        SettingValue.Flag flag => flag.Value,
        SettingValue.Integer integer => integer.Value,
        SettingValue.Real real => real.Value,
        SettingValue.Text text => text.Value,
        SettingValue.Integers list => new PickleValue.List(list.Values.Select(v => (PickleValue)v)),
        SettingValue.Texts list => new PickleValue.List(list.Values.Select(v => (PickleValue)v)),
        _ => PickleValue.None,
    };
}
