namespace Mneme.Coordinator.Measures;

/// <summary>One measure over the seeds of a configuration. Summed in ascending order, so that
/// the order of the seeds does not show in the last bit.</summary>
/// <param name="Count">n: lanes that have a value.</param>
/// <param name="Failed">Lanes that have none: counted and left out, never set to 0.</param>
/// <param name="Mean">Null for n = 0.</param>
/// <param name="Deviation">The sample's (n - 1), as the interval of the mean; both null for
/// n = 1.</param>
internal sealed record SeedSummary(
    int Count, int Failed, double? Mean, double? Deviation, ConfidenceInterval? Interval)
{
    /// <param name="values">By lane; null or not finite where the lane failed.</param>
    public static SeedSummary Of(IReadOnlyCollection<double?> values)
    {
        double[] known = [.. values.OfType<double>().Where(double.IsFinite).Order()];
        var failed = values.Count - known.Length;
        if (known.Length == 0) return new SeedSummary(0, failed, null, null, null);
        var mean = known.Average();
        if (known.Length == 1) return new SeedSummary(1, failed, mean, null, null);
        double[] squares = [.. known.Select(value => (value - mean) * (value - mean)).Order()];
        var deviation = Math.Sqrt(squares.Sum() / (known.Length - 1));
        return new SeedSummary(known.Length, failed, mean, deviation,
            ConfidenceInterval.OfMean(mean, deviation, known.Length));
    }

    /// <summary>Of the differences second - first, seed by seed: how methods are compared. A
    /// pair with a failed lane is a failed pair.</summary>
    public static SeedSummary OfPairs(
        IReadOnlyList<double?> first, IReadOnlyList<double?> second)
    {
        if (first.Count != second.Count)
            throw new ArgumentException("both have the same seeds", nameof(second));
        return Of([.. first.Zip(second, (one, other) => other - one)]);
    }
}
