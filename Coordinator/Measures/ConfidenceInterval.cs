namespace Mneme.Coordinator.Measures;

/// <summary>Both ends of a 95 % confidence interval.</summary>
internal readonly record struct ConfidenceInterval(double Lower, double Upper)
{
    private const double Z = 1.96;

    /// <summary>Of the mean of n values by Student's t: mean -+ t(.975; n - 1) sd / sqrt(n).
    /// </summary>
    public static ConfidenceInterval OfMean(double mean, double deviation, int count)
    {
        var half = StudentT.Quantile(0.975, count - 1) * deviation / Math.Sqrt(count);
        return new ConfidenceInterval(mean - half, mean + half);
    }

    /// <summary>Of a proportion, k of n (Wilson 1927): center (p + z^2/2n)/(1 + z^2/n), half
    /// width z/(1 + z^2/n) sqrt(p(1-p)/n + z^2/4n^2). Null for n = 0.</summary>
    public static ConfidenceInterval? OfProportion(long hits, long count)
    {
        if (hits < 0 || hits > count)
            throw new ArgumentOutOfRangeException(nameof(hits), "k lies between 0 and n");
        if (count == 0) return null;
        double n = count, p = hits / n, scale = 1 + Z * Z / n;
        var center = (p + Z * Z / (2 * n)) / scale;
        var half = Z / scale * Math.Sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
        return new ConfidenceInterval(Math.Max(0, center - half), Math.Min(1, center + half));
    }
}
