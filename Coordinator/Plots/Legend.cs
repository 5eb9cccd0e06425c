namespace Mneme.Coordinator.Plots;

/// <summary>Which line is which, to the right of the curves.</summary>
internal static class Legend
{
    private const double RowHeight = 21;
    private const double SampleWidth = 24;
    private const double CharacterWidth = 6.6;
    private const int LongestLabel = 32;
    private static readonly TextStyle Name = new(12, Palette.Ink);

    /// <summary>Pixels that the labels need; 0 when there is nothing to tell apart.</summary>
    public static double WidthOf(IReadOnlyList<Curve> curves) => curves.Count < 2
        ? 0
        : SampleWidth + 26 + CharacterWidth * Shown(curves).Max(entry => entry.Label.Length);

    public static void Draw(SvgCanvas canvas, IReadOnlyList<Curve> curves, double x, double y)
    {
        if (curves.Count < 2) return;
        foreach (var (label, style) in Shown(curves))
        {
            canvas.Line(x, y, x + SampleWidth, y, style, width: 2.5);
            canvas.Text(x + SampleWidth + 8, y + 4, label, Name);
            y += RowHeight;
        }
    }

    // Beyond the lines that can be told apart the ends of the ramp stand for all.
    private static IEnumerable<(string Label, LineStyle Style)> Shown(IReadOnlyList<Curve> curves)
    {
        var rows = curves.Count <= Palette.Distinct
            ? Enumerable.Range(0, curves.Count)
            : Enumerable.Range(0, 5).Select(i => i * (curves.Count - 1) / 4);
        return rows.Select(i => (Clipped(curves[i].Label), Palette.Of(i, curves.Count)));
    }

    private static string Clipped(string label) =>
        label.Length <= LongestLabel ? label : label[..(LongestLabel - 1)] + "…";
}
