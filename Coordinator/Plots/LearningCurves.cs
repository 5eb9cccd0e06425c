using System.Collections.Immutable;

namespace Mneme.Coordinator.Plots;

/// <summary>
/// Learning curves as one SVG file: for each configuration the median over seeds, with a band
/// between the quartiles. Equal arguments give equal bytes.
/// </summary>
public static class LearningCurves
{
    /// <summary>More curves than these are left out, and the figure says so.</summary>
    public const int MostCurves = 100;

    // Beyond these no room is left around a value.
    private const double Largest = 1e300, Smallest = 1e-300;

    public static string Svg(IReadOnlyList<Curve> curves, FigureText text)
    {
        var shown = curves.Take(MostCurves).ToList();
        bool CanBeDrawn(double value) => Math.Abs(value) < Largest &&
            (value > Smallest || !text.LogarithmicMeasure);
        return LineChart.Svg(
            [.. shown.Select((curve, i) => new ChartLine(
                curve.Label, Palette.Of(i, shown.Count), Band.Of(curve, CanBeDrawn)))],
            text with
            {
                Levels = [.. text.Levels.Where(level => CanBeDrawn(level.Value))],
                Note = curves.Count == 0 ? "" : Note(curves),
            });
    }

    private static string Note(IReadOnlyList<Curve> curves)
    {
        var seeds = curves.Max(curve => curve.BySeed.Length);
        var note = seeds == 1 ? "one seed" : $"median of {seeds} seeds";
        if (seeds > 1 && curves.Count <= Palette.Distinct) note += ", band between the quartiles";
        if (curves.Count > Palette.Distinct)
            note += $"; {curves.Count} configurations, coloured in their order";
        return curves.Count > MostCurves ? $"{note}, the first {MostCurves} drawn" : note;
    }
}
