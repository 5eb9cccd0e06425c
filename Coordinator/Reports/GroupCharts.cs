using System.Collections.Immutable;
using System.Globalization;
using Mneme.Coordinator.Measures;
using Mneme.Coordinator.Plots;

namespace Mneme.Coordinator.Reports;

/// <summary>Figures of one group of seeds: its sets over training, and its matrix.</summary>
internal static class GroupCharts
{
    /// <summary>More groups than these have no figures of their own.</summary>
    public const int MostGroups = 12;

    public static IEnumerable<Figure> Of(string name, IReadOnlyList<SeedGroup> groups) => groups
        .Take(MostGroups)
        .SelectMany(group => new[] { Curves(name, group), Matrix(name, group) });

    private static Figure Curves(string name, SeedGroup group)
    {
        var curves = group.Trained.Select(set => new Curve(
            group.Sets[set],
            [.. group.Histories[0].Steps],
            [.. group.Histories.Select(history => Column(history, set))]));
        return new Figure($"sets/{group.FileName}",
            $"{group.Label}: the accuracy on each set over the whole training. Vertical lines are "
            + "switches; chance and ceiling are computed from the data.",
            LearningCurves.Svg([.. curves], new FigureText(
                $"{name}: accuracy by set, {group.Label}", SetColumns.Accuracy)
            {
                Switches = group.SwitchLines, Levels = SetLevels.Of(group.Seeds),
            }));
    }

    private static ImmutableArray<double> Column(SetHistory history, int set) =>
        history.Columns.Of(SetColumns.Accuracy, set) is { } column
            ? [.. history.Values[column]]
            : [];

    private static Figure Matrix(string name, SeedGroup group)
    {
        var rows = Enumerable.Range(-1, group.Visits.Length + 1);
        var cells = rows.Select(visit => group.Trained
            .Select(set => group.Over(seed => At(seed.History, visit, set))).ToArray()).ToArray();
        var levels = SetLevels.Of(group.Seeds);
        var table = new HeatTable(
            ["untrained", .. group.Visits.Select((_, v) => $"after {v + 1}: {group.SetOf(v)}")],
            [.. group.Trained.Select(set => group.Sets[set])],
            [.. cells.Select(row => row.Select(c => c.Mean ?? double.NaN).ToImmutableArray())],
            [.. cells.Select(row => row.Select(HalfWidth).ToImmutableArray())],
            [-1, .. group.Visits.Select(visit => group.Trained.IndexOf(visit.Set))]);
        return new Figure($"matrix/{group.FileName}",
            $"{group.Label}: R. A row is the state after a visit, a column the accuracy on one "
            + "set; the frame marks the set just trained. Below it forgetting, right of it "
            + "transfer to what comes later. Means over seeds, small: half the 95 % interval.",
            HeatMap.Svg(table,
                levels.FirstOrDefault(level => level.Label == "chance")?.Value ?? 0,
                levels.FirstOrDefault(level => level.Label == "ceiling")?.Value ?? 1,
                new FigureText($"{name}: R, {group.Label}", SetColumns.Accuracy)
                {
                    Across = "accuracy on set",
                    Note = $"mean of {group.Seeds.Length} seeds; colour from chance to ceiling",
                }));
    }

    private static double? At(SetHistory history, int visit, int set) =>
        visit < 0 ? history.Untrained(set) : history.AtEnd(visit, set);

    private static string HalfWidth(SeedSummary cell) => cell.Interval is { } interval
        ? ((interval.Upper - interval.Lower) / 2).ToString("±0.000", CultureInfo.InvariantCulture)
        : "";
}
