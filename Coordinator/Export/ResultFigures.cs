using System.Collections.Immutable;
using Mneme.Coordinator.Measures;
using Mneme.Coordinator.Plots;
using Mneme.Coordinator.Reports;
using Mneme.Results;

namespace Mneme.Coordinator.Export;

/// <summary>Everything that is drawn of an experiment. All but the learning curves are empty for
/// one without sets and switches.</summary>
internal sealed record ResultFigures(IReadOnlyList<Figure> Learning)
{
    public IReadOnlyList<Figure> Switches { get; private init; } = [];
    public IReadOnlyList<Figure> Sets { get; private init; } = [];
    public IReadOnlyList<Figure> Ranks { get; private init; } = [];

    public IEnumerable<Figure> All => [.. Learning, .. Switches, .. Sets, .. Ranks];

    /// <param name="records">Reads those of a trial.</param>
    public static async Task<ResultFigures> Of(
        ExperimentResults results, ContinualResults? continual,
        Func<int, Task<TrialRecords>> records)
    {
        var learning = new ResultFigures(CurvesOf(results));
        if (continual is null) return learning;
        var groups = continual.Groups().ToList();
        return learning with
        {
            Switches = [.. SwitchCharts.Of(results.Spec.Name, groups, continual.Stride)],
            Sets = [.. GroupCharts.Of(results.Spec.Name, groups)],
            Ranks = await RanksOf(continual, groups, records),
        };
    }

    /// <summary>A curve for each measure that belongs to no set: every configuration's median over
    /// its seeds.</summary>
    private static List<Figure> CurvesOf(ExperimentResults results) =>
    [
        .. results.Family.Measures.Select((measure, m) => new Figure(measure,
            $"{measure} over the training: for each configuration the median over its seeds, "
            + "with a band between the quartiles.",
            LearningCurves.Svg(
                [.. results.OverSeeds().Select(seeds => CurveOf(results, seeds, m))],
                new FigureText(Title(results, measure), measure)
                {
                    Switches = SwitchLines(results),
                }))),
    ];

    // Where schedules go different ways no single name is true.
    private static ImmutableArray<SwitchLine> SwitchLines(ExperimentResults results) =>
    [
        .. results.Spec.Schedules.SelectMany(schedule => schedule.PhaseEnds
            .Zip(schedule.Phases.Skip(1), (step, phase) => (step, phase.Name)))
            .GroupBy(border => border.step, border => border.Name).Select(names => new SwitchLine(
                names.Key, names.Distinct().Count() == 1 ? names.First() : "switch")),
    ];

    private static string Title(ExperimentResults results, string measure) =>
        results.Differing.Count == 0
            ? $"{results.Spec.Name}: {measure}"
            : $"{results.Spec.Name}: {measure} by {string.Join(", ", results.Differing)}";

    // A trial that is under way has fewer points than those that are done.
    private static Curve CurveOf(
        ExperimentResults results, ImmutableArray<TrialResult> seeds, int measure) => new(
        // The title names the settings, so that the legend has room for their values.
        results.LabelOf(seeds[0]),
        [.. seeds.MaxBy(trial => trial.Steps.Length)!.Steps],
        [.. seeds.Select(trial => trial.Values[measure].ToImmutableArray())]);

    private static async Task<IReadOnlyList<Figure>> RanksOf(
        ContinualResults continual, List<SeedGroup> groups,
        Func<int, Task<TrialRecords>> records)
    {
        var figures = new List<Figure>();
        foreach (var (group, seeds) in groups.Zip(continual.Results.OverSeeds())
            .Take(GroupCharts.MostGroups))
        {
            var bySeed = ImmutableArray.CreateBuilder<ImmutableArray<SwitchRanks>>();
            foreach (var trial in seeds)
                bySeed.Add(RanksOf(
                    continual, trial, await records(trial.Trial.Ordinal)));
            figures.AddRange(RankCharts.Of(
                continual.Results.Spec.Name, group, bySeed.ToImmutable()));
        }
        return figures;
    }

    private static ImmutableArray<SwitchRanks> RanksOf(
        ContinualResults continual, TrialResult trial, TrialRecords records)
    {
        var history = continual.Trials[trial.Trial.Ordinal].History;
        Func<string, NamedArray?> At(int point) => name => records.Get(point, name);
        return
        [
            .. Enumerable.Range(1, history.Visits.Length - 1).Take(RankCharts.MostSwitches)
                .Select(visit => SwitchRanks.Of(history, visit, At)),
        ];
    }
}
