using Mneme.Coordinator.Export;
using Mneme.Results;

namespace Mneme.Tests.Coordinator.Reports;

/// <summary>Figures and reports of made-up results.</summary>
internal static class Reports
{
    public static TrialRecords NoRecords { get; } =
        new(Array.Empty<NamedArray>().ToLookup(_ => 0L));

    public static Task<ResultFigures> Figures(
        ExperimentResults results, Func<int, TrialRecords>? records = null) =>
        ResultFigures.Of(results, ContinualResults.Of(results),
            trial => Task.FromResult(records?.Invoke(trial) ?? NoRecords));

    public static async Task<string> Html(
        ExperimentResults results, ReportProgress? progress = null) =>
        new ExperimentReport(
            results, ContinualResults.Of(results), await Figures(results), progress).Html();
}
