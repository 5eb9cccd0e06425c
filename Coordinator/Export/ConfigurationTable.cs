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
            .. results.Searched, "trials", "diverged",
            $"{Objective} (mean)", "(median)", .. measures,
        ];
        Rows = [.. results.Trials.GroupBy(trial => trial.Trial.Configuration).Select(Row)];
    }

    public IReadOnlyList<string> Headers { get; }

    public IReadOnlyList<string[]> Rows { get; }

    private string Objective => results.Family.Objective.Measure;

    private string[] Row(IGrouping<int, TrialResult> configuration)
    {
        var all = configuration.ToList();
        var settings = results.Searched.Select(
            name => all[0].Trial.Settings.First(setting => setting.Name == name).Value.ToString());
        var others = results.Family.Measures.Where(m => m != Objective);
        return
        [
            .. settings, $"{all.Count}", $"{all.Count(trial => trial.DivergedAt is not null)}",
            Mean(Finite(all, Objective)), Median(Finite(all, Objective)),
            .. others.Select(measure => Mean(Finite(all, measure))),
        ];
    }

    private List<double> Finite(List<TrialResult> trials, string measure)
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
