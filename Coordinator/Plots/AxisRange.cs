namespace Mneme.Coordinator.Plots;

/// <summary>What an axis has to show, with room around it.</summary>
internal readonly record struct AxisRange(double Low, double High, bool Logarithmic)
{
    private const double Margin = 0.05;
    // Below this a tenth is no longer a normal number.
    private const double Smallest = 1e-290;

    public static AxisRange OfSteps(
        IReadOnlyCollection<BandPoint> points, IEnumerable<SwitchLine> switches)
    {
        var steps = points.Select(point => (double)point.Step)
            .Concat(switches.Select(line => (double)line.Step)).ToList();
        if (steps.Count == 0) return new AxisRange(0, 1, Logarithmic: false);
        var (low, high) = (steps.Min(), steps.Max());
        // Training begins at step 0: show that, unless it is far away.
        if (low > 0 && low <= high / 2) low = 0;
        return low < high
            ? new AxisRange(low, high, Logarithmic: false)
            : new AxisRange(low - 1, high + 1, Logarithmic: false);
    }

    /// <summary>Of things that are counted one by one: each has half a place around it.</summary>
    public static AxisRange OfCounts(IReadOnlyCollection<BandPoint> points) => new(
        points.Min(point => point.Step) - 0.5, points.Max(point => point.Step) + 0.5,
        Logarithmic: false);

    public static AxisRange OfValues(
        IReadOnlyCollection<BandPoint> points, IEnumerable<LevelLine> levels, bool logarithmic)
    {
        var values = points.SelectMany(point => new[] { point.Lower, point.Upper })
            .Concat(levels.Select(level => level.Value)).ToList();
        if (values.Count == 0) return logarithmic ? new(0.1, 1, true) : new(0, 1, false);
        var (low, high) = (values.Min(), values.Max());
        return logarithmic ? Multiplied(low, high) : Added(low, high);
    }

    public Scale Scale(double from, double to) => new(Low, High, from, to, Logarithmic);

    private static AxisRange Multiplied(double low, double high)
    {
        var factor = high / low > 1 + 1e-12 ? Math.Pow(high / low, Margin) : 2;
        return new AxisRange(low / factor, high * factor, Logarithmic: true);
    }

    private static AxisRange Added(double low, double high)
    {
        var size = Math.Max(Math.Abs(low), Math.Abs(high));
        // A difference in the last digits is noise, and has no round ticks inside.
        var isConstant = high - low <= Math.Max(1e-12 * size, Smallest);
        var room = isConstant ? (size <= Smallest ? 1 : 0.1 * size) : Margin * (high - low);
        // Where 0 is near, a figure that starts there tells no half truth.
        var floor = low >= 0 && low < 0.3 * high && !isConstant ? 0 : low - room;
        return new AxisRange(floor, high + room, Logarithmic: false);
    }
}
