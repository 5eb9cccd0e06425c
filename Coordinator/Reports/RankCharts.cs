using System.Collections.Immutable;
using Mneme.Coordinator.Measures;
using Mneme.Coordinator.Plots;

namespace Mneme.Coordinator.Reports;

/// <summary>Accuracy by rank before and after each switch of a group.</summary>
internal static class RankCharts
{
    /// <summary>Later switches have no figure of their own.</summary>
    public const int MostSwitches = 8;
    private const int MostBins = 100;
    private static readonly string[] Blue = ["#0072b2", "#56b4e9"];
    private static readonly string[] Red = ["#d55e00", "#e69f00"];

    /// <param name="bySeed">   // [seed][switch]</param>
    public static IEnumerable<Figure> Of(
        string name, SeedGroup group, ImmutableArray<ImmutableArray<SwitchRanks>> bySeed) =>
        Enumerable.Range(0, bySeed[0].Length)
            .Where(place => bySeed.Any(seed => seed[place].Before is not null))
            .Select(place => Chart(name, group, place + 1,
                [.. bySeed.Select(seed => seed[place])]));

    private static Figure Chart(
        string name, SeedGroup group, int visit, ImmutableArray<SwitchRanks> seeds)
    {
        var (old, fresh) = (group.SetOf(visit - 1), group.SetOf(visit));
        var width = WidthOf(seeds);
        ChartLine[] lines =
        [
            Line($"{old} before the switch", new(Blue[0]), group.Visits[visit - 1],
                seeds, ranks => ranks.Before),
            Line($"{old} at the end of {group.Phases[visit]}", new(Blue[1], "6 3"),
                group.Visits[visit - 1], seeds, ranks => ranks.End),
            Line($"{fresh} after the switch", new(Red[1], "6 3"), group.Visits[visit],
                seeds, ranks => ranks.After),
            Line($"{fresh} at the end of {group.Phases[visit]}", new(Red[0]),
                group.Visits[visit], seeds, ranks => ranks.End),
        ];
        return new Figure($"rank/{group.FileName}-switch{visit}",
            $"{group.Label}, switch {visit}: accuracy by rank. Rank 0 is the sequence that is "
            + "shown most often.",
            LineChart.Svg(
                [.. lines.DistinctBy(line => line.Label)
                    .Where(line => !line.Band.Stretches.IsEmpty)],
                new FigureText(
                    $"{name}: accuracy by rank, {group.Label}, switch {visit}", "accuracy")
                {
                    Across = width == 1 ? "rank" : $"rank, in steps of {width}",
                    Note = MeanLines.Note, Levels = SetLevels.Of(group.Seeds),
                }));
    }

    // One for all lines of a figure.
    private static long WidthOf(ImmutableArray<SwitchRanks> seeds)
    {
        var highest = seeds.SelectMany(ranks => new[] { ranks.Before, ranks.After, ranks.End })
            .Max(rows => rows?.HighestRank ?? 0);
        var width = 1L;
        while (highest / width >= MostBins) width *= 10;
        return width;
    }

    private static ChartLine Line(
        string label, LineStyle style, Visit visit, ImmutableArray<SwitchRanks> seeds,
        Func<SwitchRanks, RankRows?> rows)
    {
        var width = WidthOf(seeds);
        var bySeed = seeds.Select(rows).Select(r => r?.ByRank(visit.Set, width)
            .ToDictionary(bin => bin.Rank, bin => bin.Accuracy) ?? []).ToList();
        return MeanLines.Line(label, style, bySeed.SelectMany(bins => bins.Keys)
            .Distinct().Order().Select(rank => MeanPoint.Of(rank, bySeed.Select(bins =>
                bins.TryGetValue(rank, out var accuracy) ? accuracy : (double?)null))));
    }
}
