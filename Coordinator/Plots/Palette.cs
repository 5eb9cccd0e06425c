namespace Mneme.Coordinator.Plots;

/// <summary>How one line looks.</summary>
/// <param name="Dash">An SVG dash pattern; empty for a solid line.</param>
internal sealed record LineStyle(string Color, string Dash = "");

/// <summary>
/// Colours that people of every colour vision can tell apart (Okabe and Ito, "Color universal
/// design", 2008, without the yellow that is lost on white), each once solid and once dashed.
/// </summary>
internal static class Palette
{
    public const string Ink = "#1f2933";
    public const string Grey = "#616e7c";
    public const string Grid = "#e4e7eb";
    public const string Paper = "#ffffff";

    private static readonly string[] Hues =
        ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

    // Dark violet to light green: corners of matplotlib's viridis, which grow evenly lighter.
    private static readonly (int Red, int Green, int Blue)[] Ramp =
        [(68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98)];

    /// <summary>As many lines as can be told apart.</summary>
    public static int Distinct => 2 * Hues.Length;

    public static LineStyle Of(int place, int count)
    {
        if (count > Distinct) return new LineStyle(Between(place / (count - 1.0)));
        return new LineStyle(Hues[place % Hues.Length], place < Hues.Length ? "" : "6 3");
    }

    /// <summary>The colour at a fraction of the ramp.</summary>
    public static string Between(double fraction)
    {
        var at = fraction * (Ramp.Length - 1);
        var left = Math.Min((int)at, Ramp.Length - 2);
        var (from, to, weight) = (Ramp[left], Ramp[left + 1], at - left);
        int Mix(int low, int high) => (int)Math.Round(low + weight * (high - low));
        return $"#{Mix(from.Red, to.Red):x2}{Mix(from.Green, to.Green):x2}" +
            $"{Mix(from.Blue, to.Blue):x2}";
    }
}
