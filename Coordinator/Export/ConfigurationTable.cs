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
        Headers = [.. results.Searched, "trials", "diverged", .. results.Family.Measures.Select(m => $"{m}")];
        Rows = [.. results.Trials.GroupBy(trial => trial.Trial.Configuration).Select(Row)];
    }

    public IReadOnlyList<string> Headers { get; }

    public IReadOnlyList<string[]> Rows { get; }

    private string[] Row(IGrouping<int, TrialResult> configuration)
    {
        var all = configuration.ToList();
        var settings = results.Searched.Select(
            name => all[0].Trial.Settings.First(setting => setting.Name == name).Value.ToString());
        var measures = results.Family.Measures.Select((_, m) => Summary([.. all.Select(trial => trial.Last(m))]));
        return
        [
            .. settings, Text(all.Count), Text(all.Count(trial => trial.DivergedAt is not null)), .. measures,
        ];
    }

    // Mean and standard deviation over the seeds that have a value.
    private static string Summary(double[] values)
    {
        var finite = values.Where(double.IsFinite).ToList();
        if (finite.Count == 0) return "-";
        var mean = finite.Average();
        if (finite.Count == 1) return Text(mean);
        var deviation = Math.Sqrt(finite.Sum(v => (v - mean) * (v - mean)) / (finite.Count - 1));
        return $"{Text(mean)} ± {Text(deviation)}";
    }

    private static string Text(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
