namespace Mneme.Coordinator.Measures;

/// <summary>A measure that cannot be formed is null, never zero and never a NaN.</summary>
internal static class Defined
{
    public static double? OrNull(double value) => double.IsFinite(value) ? value : null;

    /// <summary>The mean; null without values, or when one of them is not finite.</summary>
    public static double? Mean(IEnumerable<double> values)
    {
        var (sum, count) = (0.0, 0);
        foreach (var value in values) (sum, count) = (sum + value, count + 1);
        return OrNull(sum / count);
    }
}
