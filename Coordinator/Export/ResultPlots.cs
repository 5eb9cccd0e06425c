using System.Collections.Immutable;
using Mneme.Coordinator.Plots;
using Mneme.Specs;

namespace Mneme.Coordinator.Export;

/// <summary>A learning curve per measure: every configuration's median over its seeds.</summary>
internal static class ResultPlots
{
    public static void Write(ResultFolder folder, ExperimentResults results)
    {
        foreach (var (measure, m) in results.Family.Measures.Select((name, m) => (name, m)))
            folder.WriteText($"plots/{measure}.svg", text => text.Write(LearningCurves.Svg(
                [.. results.Trials.GroupBy(trial => trial.Trial.Configuration)
                    .Select(configuration => CurveOf(results, [.. configuration], m))],
                new FigureText(Title(results, measure), measure)
                {
                    Switches = SwitchLines(results.Spec),
                })));
    }

    private static ImmutableArray<SwitchLine> SwitchLines(ExperimentSpec spec) =>
        [.. spec.Phases.Select((phase, i) => new SwitchLine(
            spec.Phases.Take(i).Sum(before => before.Steps), phase.Name)).Skip(1)];

    private static string Title(ExperimentResults results, string measure) =>
        results.Searched.Count == 0
            ? $"{results.Spec.Name}: {measure}"
            : $"{results.Spec.Name}: {measure} by {string.Join(", ", results.Searched)}";

    private static Curve CurveOf(
        ExperimentResults results, ImmutableArray<TrialResult> seeds, int measure) => new(
        Label(results, seeds[0]),
        [.. seeds[0].Steps],
        [.. seeds.Select(trial => trial.Values[measure].ToImmutableArray())]);

    // The title names the settings, so that the legend has room for their values.
    private static string Label(ExperimentResults results, TrialResult trial) =>
        results.Searched.Count == 0
            ? results.Spec.Model
            : string.Join(", ", results.Searched.Select(name => ValueOf(trial, name)));

    private static string ValueOf(TrialResult trial, string setting) =>
        trial.Trial.Settings.First(s => s.Name == setting).Value.ToString();
}
