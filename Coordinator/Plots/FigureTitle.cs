namespace Mneme.Coordinator.Plots;

/// <summary>The title of a figure, which makes room for it: a title that is cut names another
/// schedule.</summary>
internal static class FigureTitle
{
    private const int Longest = 90;
    private const double CharacterWidth = 10.2;
    private static readonly TextStyle Style = new(17, Palette.Ink, IsBold: true);

    /// <summary>Pixels that it needs.</summary>
    public static double WidthOf(string title) => CharacterWidth * Math.Min(title.Length, Longest);

    public static void Draw(SvgCanvas canvas, double x, string title) =>
        canvas.Text(x, 28, Abbreviation.Of(title, Longest), Style);
}
