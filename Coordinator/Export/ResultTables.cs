using Mneme.Coordinator.Measures;
using Mneme.Results;
using Mneme.Specs;

namespace Mneme.Coordinator.Export;

/// <summary>The results as tables: a row per trial, a row per point.</summary>
internal static class ResultTables
{
    /// <param name="continual">The measures of sets and switches, where there are any.</param>
    public static void WriteTrials(
        ExperimentResults results, ContinualResults? continual, TextWriter output)
    {
        var csv = new CsvWriter(output);
        string[] headers =
        [
            "trial", "configuration", "schedule", "seed",
            .. results.Family.Settings.Select(s => s.Name), "status",
            "diverged_at", .. results.Columns, .. continual is null ? [] : TrialFigures.Names,
            "chain",
        ];
        foreach (var header in headers) csv.Field(header);
        csv.EndRow();
        foreach (var trial in results.Trials) WriteTrial(results, continual, trial, csv);
    }

    public static void WritePoints(ExperimentResults results, TextWriter output)
    {
        var csv = new CsvWriter(output).Field("trial");
        WritePointHeaders(results, csv);
        foreach (var trial in results.Trials)
            for (var p = 0; p < trial.Steps.Length; p++)
                WritePoint(results, trial, p, csv.Field(trial.Trial.Ordinal));
    }

    /// <summary>One trial's points.</summary>
    public static void WriteMetrics(ExperimentResults results, TrialResult trial, TextWriter output)
    {
        var csv = new CsvWriter(output);
        WritePointHeaders(results, csv);
        for (var p = 0; p < trial.Steps.Length; p++) WritePoint(results, trial, p, csv);
    }

    private static void WriteTrial(
        ExperimentResults results, ContinualResults? continual, TrialResult trial, CsvWriter csv)
    {
        csv.Field(trial.Trial.Ordinal).Field(trial.Trial.Configuration)
            .Field(trial.Trial.Schedule).Field(trial.Trial.Seed);
        foreach (var setting in trial.Trial.Settings) csv.Field(setting.Value.ToString());
        csv.Field(trial.Status).Field(trial.DivergedAt?.ToString("D", null) ?? "");
        for (var m = 0; m < results.Columns.Length; m++) csv.Optional(trial.Last(m));
        foreach (var value in continual?.Trials[trial.Trial.Ordinal].Values ?? [])
            csv.Optional(value);
        csv.Field(trial.Chain).EndRow();
    }

    private static void WritePointHeaders(ExperimentResults results, CsvWriter csv)
    {
        csv.Field("step");
        if (results.Spec.HasSwitches) csv.Field("phase");
        foreach (var column in results.Columns) csv.Field(column);
        csv.EndRow();
    }

    private static void WritePoint(
        ExperimentResults results, TrialResult trial, int point, CsvWriter csv)
    {
        csv.Field(trial.Steps[point]);
        if (results.Spec.HasSwitches) csv.Field(PhaseOf(results, trial, point).Name);
        foreach (var measure in trial.Values) csv.Optional(measure[point]);
        csv.EndRow();
    }

    private static PhaseSpec PhaseOf(ExperimentResults results, TrialResult trial, int point) =>
        results.Spec.Schedules[trial.Trial.Schedule].Phases[trial.Phases[point]];
}
