using System.Collections.Immutable;
using Mneme.Results;
using Mneme.Specs;

namespace Mneme.Coordinator.Export.SeedLayout;

/// <summary>A trial as the published programs logged one: stretches of training, each after an
/// evaluation, and the sets in the order in which they were met.</summary>
/// <param name="State">The trial's lane of its last checkpoint.</param>
internal sealed record SeedTrial(
    ExperimentResults Results, TrialResult Result, TrialRecords Records,
    IReadOnlyList<NamedArray> State)
{
    public ExperimentSpec Spec => Results.Spec;

    public ImmutableArray<PhaseSpec> Phases { get; } =
        Results.Spec.Schedules[Result.Trial.Schedule].Phases;

    /// <summary>Points with whose evaluation a log record begins: those that training follows, and
    /// the last.   // [record]</summary>
    public ImmutableArray<int> Points { get; } =
        [.. Enumerable.Range(0, Result.Steps.Length).Where(p => p + 1 == Result.Steps.Length
            || (Result.Phases[p + 1] == Result.Phases[p]
                && Result.Steps[p + 1] > Result.Steps[p]))];

    public PhaseSpec PhaseOf(int point) => Phases[Result.Phases[point]];

    /// <summary>The sets that were met up to a point, in the order of their first phase.
    /// </summary>
    public IReadOnlyList<int> SetsUntil(int point) =>
        [.. Phases.Take(Result.Phases[point] + 1).Select(phase => phase.Set).Distinct()];

    public double Value(int point, string column) =>
        Result.Values[Results.Columns.IndexOf(column)][point];

    public SettingValue Setting(string name) =>
        Result.Trial.Settings.First(setting => setting.Name == name).Value;

    /// <summary>Experiment settings and nothing else.</summary>
    public PickleValue.Dict Arguments()
    {
        var args = new PickleValue.Dict
        {
            ["name"] = Spec.Name, ["model"] = Spec.Model, ["seed"] = Result.Trial.Seed,
            ["measure_every"] = Spec.MeasureEvery,
            ["schedule"] = Spec.Schedules[Result.Trial.Schedule].Name,
        };
        foreach (var (name, value) in Result.Trial.Settings)
            args[name] = ResultsPickle.Value(value);
        return args;
    }
}
