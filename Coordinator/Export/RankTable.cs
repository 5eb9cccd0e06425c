using Mneme.Coordinator.Measures;
using Mneme.Results;

namespace Mneme.Coordinator.Export;

/// <summary>A row for each trial and phase: how often its sequences had to be shown. A censored one
/// lies above every reached one, and its bound is in no number.</summary>
internal static class RankTable
{
    public const string FileName = "ranks.csv";

    /// <summary>By name, of a phase; null is undefined.</summary>
    private static readonly (string Name, Func<LearnedRanks, double?> Of)[] Figures =
    [
        ("learned", ranks => ranks.Appearances.Reached),
        ("not_learned", ranks => ranks.Appearances.Censored),
        ("known_before", ranks => ranks.Appearances.NotApplicable),
        ("share_learned", ranks => ranks.Appearances.Share),
        ("appearances_quartile_1", ranks => ranks.Appearances.LowerQuartile),
        ("appearances_median", ranks => ranks.Appearances.Median),
        ("appearances_quartile_3", ranks => ranks.Appearances.UpperQuartile),
        ("highest_rank_known", ranks => ranks.HighestRank),
    ];

    public static void Write(RankResults ranks, TextWriter output)
    {
        var csv = new CsvWriter(output);
        string[] headers = ["trial", "configuration", "schedule", "seed", "phase", "set"];
        foreach (var header in headers.Concat(Figures.Select(figure => figure.Name)))
            csv.Field(header);
        csv.EndRow();
        foreach (var (trial, phases) in ranks.Results.Trials.Zip(ranks.Trials))
            foreach (var (number, learned) in phases.Index())
                WriteRow(ranks.Results, trial, number, learned, csv);
    }

    /// <summary>The same as arrays [trial, phase]; NaN where a figure is not defined, and where a
    /// shorter schedule has no phase any more.</summary>
    public static PickleValue.Dict Pickled(RankResults ranks)
    {
        var (all, phases) = (new PickleValue.Dict(), ranks.Trials.Max(trial => trial.Length));
        foreach (var (name, value) in Figures)
            all[name] = NamedArray.Of<double>(name,
                [.. ranks.Trials.SelectMany(trial => Enumerable.Range(0, phases).Select(phase =>
                    trial.ElementAtOrDefault(phase) is { } learned
                        ? value(learned) ?? double.NaN
                        : double.NaN))],
                ranks.Trials.Length, phases);
        return all;
    }

    private static void WriteRow(
        ExperimentResults results, TrialResult trial, int number, LearnedRanks? learned,
        CsvWriter csv)
    {
        var phase = results.Spec.Schedules[trial.Trial.Schedule].Phases[number];
        csv.Field(trial.Trial.Ordinal).Field(trial.Trial.Configuration)
            .Field(trial.Trial.Schedule).Field(trial.Trial.Seed).Field(phase.Name)
            .Field(phase.Set < 0 ? "" : results.Spec.Sets[phase.Set]);
        foreach (var (_, value) in Figures)
            csv.Optional(learned is null ? null : value(learned));
        csv.EndRow();
    }
}
