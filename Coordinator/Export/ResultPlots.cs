using System.Collections.Immutable;
using Mneme.Coordinator.Plots;
using Mneme.Specs;

namespace Mneme.Coordinator.Export;

/// <summary>A learning curve per measure: every configuration's median over its seeds.</summary>
internal static class ResultPlots
{
    public static void Write(ResultFolder folder, ExperimentResults results)
    {
        foreach (var (measure, m) in results.Columns.Select((name, m) => (name, m)))
            folder.WriteText($"plots/{measure}.svg", text => text.Write(LearningCurves.Svg(
                [.. results.OverSeeds().Select(seeds => CurveOf(results, seeds, m))],
                new FigureText(Title(results, measure), measure)
                {
                    Switches = SwitchLines(results.Spec),
                })));
    }

    private static ImmutableArray<SwitchLine> SwitchLines(ExperimentSpec spec) =>
        [.. spec.Schedules.SelectMany(SwitchLines).DistinctBy(line => line.Step)];

    private static IEnumerable<SwitchLine> SwitchLines(ScheduleSpec schedule)
    {
        var step = 0L;
        foreach (var phase in schedule.Phases)
        {
            if (step > 0) yield return new SwitchLine(step, phase.Name);
            step += phase.Steps;
        }
    }

    private static string Title(ExperimentResults results, string measure) =>
        results.Differing.Count == 0
            ? $"{results.Spec.Name}: {measure}"
            : $"{results.Spec.Name}: {measure} by {string.Join(", ", results.Differing)}";

    private static Curve CurveOf(
        ExperimentResults results, ImmutableArray<TrialResult> seeds, int measure) => new(
        Label(results, seeds[0]),
        [.. seeds[0].Steps],
        [.. seeds.Select(trial => trial.Values[measure].ToImmutableArray())]);

    // The title names the settings, so that the legend has room for their values.
    private static string Label(ExperimentResults results, TrialResult trial) =>
        results.Differing.Count == 0
            ? results.Spec.Model
            : string.Join(", ", results.DifferencesOf(trial));
}
