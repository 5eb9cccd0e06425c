namespace Mneme.Coordinator.Measures;

/// <summary>What learning once saves when learning again. Null where a time was not reached;
/// both phases must be evaluated at the same interval.</summary>
internal static class Savings
{
    /// <summary>t_first / t_after; above 1 the second time is faster. Null when it took no time.
    /// </summary>
    public static double? Ratio(EventTime first, EventTime after) =>
        first.At is { } before && after.At is { } again && again > 0
            ? (double)before / again
            : null;

    /// <summary>(t_first - t_after) / t_first: 1 immediate, 0 none, negative slower (Ebbinghaus
    /// 1885).</summary>
    public static double? Ebbinghaus(EventTime first, EventTime after) =>
        first.At is { } before && after.At is { } again && before > 0
            ? (double)(before - again) / before
            : null;

    /// <summary>(a_swap - a_after) / (a_before - a_after): the part of the lost accuracy on the
    /// old set that a swap brings back; null when nothing changed.</summary>
    public static double? Rescue(double before, double after, double swapped) =>
        Defined.OrNull((swapped - after) / (before - after));
}
