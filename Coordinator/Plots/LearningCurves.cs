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
    private const double PlotWidth = 640, PlotHeight = 340;
    private const double Left = 76, Top = 66, Bottom = 58, Right = 24;

    public static string Svg(IReadOnlyList<Curve> curves, FigureText text)
    {
        var shown = curves.Take(MostCurves).ToImmutableArray();
        bool CanBeDrawn(double value) => Math.Abs(value) < Largest &&
            (value > Smallest || !text.LogarithmicMeasure);
        var bands = shown.Select(curve => Band.Of(curve, CanBeDrawn)).ToImmutableArray();
        var levels = text.Levels.Where(level => CanBeDrawn(level.Value)).ToImmutableArray();

        var points = bands.SelectMany(band => band.Points).ToList();
        var steps = AxisRange.OfSteps(points, text.Switches).Scale(Left, Left + PlotWidth);
        var values = AxisRange.OfValues(points, levels, text.LogarithmicMeasure)
            .Scale(Top + PlotHeight, Top);

        var legend = Legend.WidthOf(shown);
        var canvas = new SvgCanvas(
            Left + PlotWidth + Right + legend, Top + PlotHeight + Bottom, text.Title);
        var frame = new ChartFrame(canvas, steps, values);
        frame.DrawHeading(text.Title, Note(curves, points.Count));
        frame.DrawAxes(text.Measure);
        frame.DrawKnownLines(levels, text.Switches);
        DrawBands(canvas, bands, steps, values);
        frame.DrawKnownNames(levels, text.Switches);
        Legend.Draw(canvas, shown, Left + PlotWidth + Right, Top + 8);
        return canvas.Finish();
    }

    private static string Note(IReadOnlyList<Curve> curves, int points)
    {
        if (points == 0) return "no values yet";
        var seeds = curves.Max(curve => curve.BySeed.Length);
        var note = seeds == 1 ? "one seed" : $"median of {seeds} seeds";
        if (seeds > 1 && curves.Count <= Palette.Distinct) note += ", band between the quartiles";
        if (curves.Count > Palette.Distinct)
            note += $"; {curves.Count} configurations, coloured in their order";
        return curves.Count > MostCurves ? $"{note}, the first {MostCurves} drawn" : note;
    }

    private static void DrawBands(
        SvgCanvas canvas, ImmutableArray<Band> bands, Scale steps, Scale values)
    {
        // Many bands on each other are a fog: beyond the palette medians stand alone.
        if (bands.Length <= Palette.Distinct)
            for (var i = 0; i < bands.Length; i++)
                foreach (var stretch in bands[i].Stretches.Where(IsWide))
                    canvas.Area(Outline(stretch, steps, values), Palette.Of(i, bands.Length).Color);
        for (var i = 0; i < bands.Length; i++)
            foreach (var stretch in bands[i].Stretches)
                DrawMedian(canvas, stretch, Palette.Of(i, bands.Length), steps, values);
    }

    private static void DrawMedian(
        SvgCanvas canvas, ImmutableArray<BandPoint> stretch, LineStyle style, Scale steps,
        Scale values)
    {
        var line = stretch.Select(p => (steps.Pixel(p.Step), values.Pixel(p.Median)));
        if (stretch.Length > 1) canvas.Polyline(line, style, width: 2);
        else canvas.Dot(steps.Pixel(stretch[0].Step), values.Pixel(stretch[0].Median), style.Color);
    }

    private static bool IsWide(ImmutableArray<BandPoint> stretch) =>
        stretch.Length > 1 && stretch.Any(point => point.Lower < point.Upper);

    private static IEnumerable<(double, double)> Outline(
        ImmutableArray<BandPoint> stretch, Scale steps, Scale values) =>
        stretch.Select(p => (steps.Pixel(p.Step), values.Pixel(p.Upper)))
            .Concat(stretch.Reverse().Select(p => (steps.Pixel(p.Step), values.Pixel(p.Lower))));
}
