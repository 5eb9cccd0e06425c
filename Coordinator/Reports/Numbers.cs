using System.Globalization;
using Mneme.Coordinator.Measures;

namespace Mneme.Coordinator.Reports;

/// <summary>Summaries as short texts for a reader.</summary>
internal static class Numbers
{
    public const string None = "-";

    public static string Short(double? value) => value is { } known && double.IsFinite(known)
        ? known.ToString("G4", CultureInfo.InvariantCulture)
        : None;

    /// <summary>The mean, and below it [lower, upper]; the mean alone for one seed.</summary>
    public static string Mean(SeedSummary summary, string mark = "")
    {
        if (summary.Mean is not { } mean) return None;
        if (summary.Interval is not { } interval) return Plain(mean, mean) + mark;
        var largest = Math.Max(Math.Abs(interval.Lower), Math.Abs(interval.Upper));
        return Plain(mean, largest) + mark
            + $"\n[{Plain(interval.Lower, largest)}, {Plain(interval.Upper, largest)}]";
    }

    /// <summary>Median (quartiles), and below it how many of those asked reached it.</summary>
    public static string Time(TimeSummary summary)
    {
        var asked = summary.Reached + summary.Censored;
        if (asked == 0) return None;
        var median = summary.Median is { } known ? Short(known) : "not reached";
        var quartiles = summary is { LowerQuartile: { } lower, UpperQuartile: { } upper }
            ? $" ({Short(lower)}-{Short(upper)})"
            : "";
        return $"{median}{quartiles}\n{summary.Reached} of {asked}";
    }

    // Three decimals suit accuracies; what is all smaller or far larger has its own digits.
    private static string Plain(double value, double largest) =>
        Math.Abs(largest) is > 0 and < 0.01 or >= 1000
            ? Short(value)
            : (Math.Round(value, 3) + 0.0).ToString("0.000", CultureInfo.InvariantCulture);
}
