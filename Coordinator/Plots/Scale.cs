using System.Collections.Immutable;

namespace Mneme.Coordinator.Plots;

/// <summary>Maps values to pixels along one axis.</summary>
/// <param name="Low">The value at pixel <paramref name="From"/>.</param>
/// <param name="High">The value at pixel <paramref name="To"/>; above low.</param>
internal sealed record Scale(double Low, double High, double From, double To, bool Logarithmic)
{
    public double Pixel(double value)
    {
        var fraction = Logarithmic
            ? Math.Log10(value / Low) / Math.Log10(High / Low)
            : (value - Low) / (High - Low);
        return From + Math.Clamp(fraction, 0, 1) * (To - From);
    }

    /// <summary>About <paramref name="wanted"/> round values inside the scale.</summary>
    public ImmutableArray<double> Ticks(int wanted)
    {
        if (!Logarithmic) return LinearTicks(wanted);
        var ticks = LogarithmicTicks(wanted);
        // Within less than a factor of two no power or 1-2-5 multiple may lie.
        return ticks.Length >= 2 ? ticks : LinearTicks(wanted);
    }

    private ImmutableArray<double> LinearTicks(int wanted)
    {
        var step = NiceStep((High - Low) / wanted);
        var first = Math.Ceiling(Low / step - 1e-9);
        var last = Math.Floor(High / step + 1e-9);
        return
        [
            .. Enumerable.Range(0, (int)(last - first) + 1)
                .Select(i => Shortest((first + i) * step)),
        ];
    }

    private ImmutableArray<double> LogarithmicTicks(int wanted)
    {
        var first = (int)Math.Floor(Math.Log10(Low));
        var last = (int)Math.Ceiling(Math.Log10(High));
        var stride = Math.Max(1, (last - first + wanted - 1) / wanted);
        double[] multiples = last - first <= 3 ? [1, 2, 5] : [1];
        return
        [
            .. Enumerable.Range(first, last - first + 1)
                .Where(power => power % stride == 0)
                .SelectMany(power => multiples.Select(m => Shortest(m * Math.Pow(10, power))))
                .Where(tick => tick >= Low * (1 - 1e-9) && tick <= High * (1 + 1e-9)),
        ];
    }

    /// <summary>The next of 1, 2, 5 times a power of ten.</summary>
    internal static double NiceStep(double rough)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var multiple = rough / power;
        return power * (multiple <= 1 ? 1 : multiple <= 2 ? 2 : multiple <= 5 ? 5 : 10);
    }

    // 3 x 0.1 is to be 0.3.
    private static double Shortest(double tick) => tick == 0 ? 0 : double.Parse(
        tick.ToString("E11", System.Globalization.CultureInfo.InvariantCulture),
        System.Globalization.CultureInfo.InvariantCulture);
}
