using System.Collections.Immutable;
using Mneme.Coordinator.Measures;
using Mneme.Coordinator.Plots;

namespace Mneme.Coordinator.Reports;

/// <summary>Means over seeds with their 95 % intervals, a line for each group.</summary>
internal static class MeanLines
{
    public const string Note = "mean over seeds, band: 95 % interval";

    public static ImmutableArray<ChartLine> Of(
        IReadOnlyList<SeedGroup> groups, Func<SeedGroup, IEnumerable<MeanPoint>> points)
    {
        var shown = groups.Take(LearningCurves.MostCurves).ToList();
        return
        [
            .. shown.Select((group, place) => Line(
                group.Label, Palette.Of(place, shown.Count), points(group))),
        ];
    }

    public static ChartLine Line(string label, LineStyle style, IEnumerable<MeanPoint> points) =>
        new(label, style, Band.Of(points.Select(Drawn)));

    private static BandPoint Drawn(MeanPoint point)
    {
        var (mean, interval) = (point.Over.Mean ?? double.NaN, point.Over.Interval);
        return new BandPoint(point.At, interval?.Lower ?? mean, mean, interval?.Upper ?? mean);
    }
}
