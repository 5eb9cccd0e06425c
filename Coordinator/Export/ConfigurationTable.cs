using System.Collections.Immutable;
using System.Globalization;

namespace Mneme.Coordinator.Export;

/// <summary>Last values by configuration, over its seeds: the trend of a sweep on one screen.
/// Diverged trials are counted and left out, never set to a number.</summary>
public sealed class ConfigurationTable
{
    private readonly ExperimentResults results;

    public ConfigurationTable(ExperimentResults results)
    {
        this.results = results;
        var measures = results.Family.Measures.Where(m => m != Objective);
        Headers =
        [
            .. results.Differing, "trials", "diverged",
            $"{Objective} (mean)", "(median)", .. measures,
        ];
        Rows = [.. results.OverSeeds().Select(Row)];
    }

    public IReadOnlyList<string> Headers { get; }

    public IReadOnlyList<string[]> Rows { get; }

    private string Objective => results.Family.Objective.Measure;

    private string[] Row(ImmutableArray<TrialResult> all)
    {
        var others = results.Family.Measures.Where(m => m != Objective);
        return
        [
            .. results.DifferencesOf(all[0]), $"{all.Length}",
            $"{all.Count(trial => trial.DivergedAt is not null)}",
            Mean(Finite(all, Objective)), Median(Finite(all, Objective)),
            .. others.Select(measure => Mean(Finite(all, measure))),
        ];
    }

    private List<double> Finite(ImmutableArray<TrialResult> trials, string measure)
    {
        var column = results.Family.Measures.IndexOf(measure);
        return [.. trials.Select(trial => trial.Last(column)).Where(double.IsFinite).Order()];
    }

    private static string Mean(List<double> values) =>
        values.Count == 0 ? "-" : Text(values.Average());

    private static string Median(List<double> values) => values.Count == 0
        ? "-"
        : Text((values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2);

    private static string Text(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
