namespace Mneme.Coordinator.Plots;

/// <summary>Which line is which, to the right of the lines.</summary>
internal static class Legend
{
    private const double RowHeight = 21;
    private const double SampleWidth = 24;
    private const double CharacterWidth = 6.6;
    private const int LongestLabel = 40;
    private static readonly TextStyle Name = new(12, Palette.Ink);

    /// <summary>Pixels that the labels need; 0 when there is nothing to tell apart.</summary>
    public static double WidthOf(IReadOnlyList<ChartLine> lines) => lines.Count < 2
        ? 0
        : SampleWidth + 26 + CharacterWidth * Shown(lines).Max(entry => entry.Label.Length);

    public static void Draw(SvgCanvas canvas, IReadOnlyList<ChartLine> lines, double x, double y)
    {
        if (lines.Count < 2) return;
        foreach (var (label, style) in Shown(lines))
        {
            canvas.Line(x, y, x + SampleWidth, y, style, width: 2.5);
            canvas.Text(x + SampleWidth + 8, y + 4, label, Name);
            y += RowHeight;
        }
    }

    // Beyond the lines that can be told apart the ends of the ramp stand for all.
    private static IEnumerable<(string Label, LineStyle Style)> Shown(
        IReadOnlyList<ChartLine> lines)
    {
        var rows = (lines.Count <= Palette.Distinct
            ? Enumerable.Range(0, lines.Count)
            : Enumerable.Range(0, 5).Select(i => i * (lines.Count - 1) / 4)).ToList();
        var whole = rows.Select(i => lines[i].Label).ToList();
        var shortened = whole.Select(label => Abbreviation.Of(label, LongestLabel)).ToList();
        var isClear = shortened.Distinct().Count() == whole.Distinct().Count();
        return (isClear ? shortened : whole).Zip(rows, (label, i) => (label, lines[i].Style));
    }
}
