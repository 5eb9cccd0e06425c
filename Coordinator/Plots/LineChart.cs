using System.Collections.Immutable;

namespace Mneme.Coordinator.Plots;

/// <summary>One line of a chart with the band around it.</summary>
internal sealed record ChartLine(string Label, LineStyle Style, Band Band);

/// <summary>Lines with bands over one horizontal axis, as one SVG file. Equal arguments give equal
/// bytes.</summary>
internal static class LineChart
{
    private const double PlotWidth = 640, PlotHeight = 340;
    private const double Left = 76, Top = 66, Bottom = 58, Right = 24;

    public static string Svg(ImmutableArray<ChartLine> lines, FigureText text)
    {
        var points = lines.SelectMany(line => line.Band.Points).ToList();
        var steps = Across(points, text).Scale(Left, Left + PlotWidth);
        var values = AxisRange.OfValues(points, text.Levels, text.LogarithmicMeasure)
            .Scale(Top + PlotHeight, Top);

        var legend = Legend.WidthOf(lines);
        var canvas = new SvgCanvas(
            Left + Math.Max(PlotWidth + legend, FigureTitle.WidthOf(text.Title)) + Right,
            Top + PlotHeight + Bottom, text.Title);
        var frame = new ChartFrame(canvas, steps, values);
        frame.DrawHeading(text.Title, points.Count == 0 ? "no values" : text.Note);
        frame.DrawAxes(text.Across, text.Measure);
        frame.DrawKnownLines(text.Levels, text.Switches);
        DrawLines(canvas, lines, steps, values, hasDots: !text.IsCounted);
        if (text.IsCounted) DrawWhiskers(canvas, lines, steps, values);
        frame.DrawKnownNames(text.Levels, text.Switches);
        Legend.Draw(canvas, lines, Left + PlotWidth + Right, Top + 8);
        return canvas.Finish();
    }

    private static AxisRange Across(List<BandPoint> points, FigureText text) =>
        text.IsCounted && points.Count > 0
            ? AxisRange.OfCounts(points)
            : AxisRange.OfSteps(points, text.Switches);

    private static void DrawLines(
        SvgCanvas canvas, ImmutableArray<ChartLine> lines, Scale steps, Scale values, bool hasDots)
    {
        // Many bands on each other are a fog: beyond the palette the lines stand alone.
        if (lines.Length <= Palette.Distinct)
            foreach (var line in lines)
                foreach (var stretch in line.Band.Stretches.Where(IsWide))
                    canvas.Area(Outline(stretch, steps, values), line.Style.Color);
        foreach (var line in lines)
            foreach (var stretch in line.Band.Stretches.Where(s => s.Length > 1 || hasDots))
                DrawMiddle(canvas, stretch, line.Style, steps, values);
    }

    private static void DrawMiddle(
        SvgCanvas canvas, ImmutableArray<BandPoint> stretch, LineStyle style, Scale steps,
        Scale values)
    {
        var line = stretch.Select(p => (steps.Pixel(p.Step), values.Pixel(p.Middle)));
        if (stretch.Length > 1) canvas.Polyline(line, style, width: 2);
        else canvas.Dot(steps.Pixel(stretch[0].Step), values.Pixel(stretch[0].Middle), style.Color);
    }

    // A band needs two places; a place alone has a bar, beside those of the other lines.
    private static void DrawWhiskers(
        SvgCanvas canvas, ImmutableArray<ChartLine> lines, Scale steps, Scale values)
    {
        for (var i = 0; i < lines.Length; i++)
            foreach (var stretch in lines[i].Band.Stretches.Where(s => s.Length == 1))
            {
                var beside = (i - (lines.Length - 1) / 2.0) * Math.Min(12, 120.0 / lines.Length);
                var (x, point) = (steps.Pixel(stretch[0].Step) + beside, stretch[0]);
                canvas.Line(x, values.Pixel(point.Lower), x, values.Pixel(point.Upper),
                    lines[i].Style, width: 1.5);
                canvas.Dot(x, values.Pixel(point.Middle), lines[i].Style.Color);
            }
    }

    private static bool IsWide(ImmutableArray<BandPoint> stretch) =>
        stretch.Length > 1 && stretch.Any(point => point.Lower < point.Upper);

    private static IEnumerable<(double, double)> Outline(
        ImmutableArray<BandPoint> stretch, Scale steps, Scale values) =>
        stretch.Select(p => (steps.Pixel(p.Step), values.Pixel(p.Upper)))
            .Concat(stretch.Reverse().Select(p => (steps.Pixel(p.Step), values.Pixel(p.Lower))));
}
