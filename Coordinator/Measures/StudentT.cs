namespace Mneme.Coordinator.Measures;

/// <summary>Quantiles of Student's t for whole degrees of freedom, from sums, products and roots
/// alone: the same bits on every processor.</summary>
internal static class StudentT
{
    // Halvings after which a double between 0 and 1 no longer changes.
    private const int Halvings = 60;

    /// <summary>t with P(T &lt;= t) = p.</summary>
    /// <param name="probability">p, between 1/2 and 1.</param>
    public static double Quantile(double probability, int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        if (probability is not (>= 0.5 and < 1))
            throw new ArgumentOutOfRangeException(nameof(probability), "from 1/2 to 1");
        var (low, high) = (0.0, 1.0);
        for (var halving = 0; halving < Halvings; halving++)
        {
            var middle = (low + high) / 2;
            if (Central(middle, degrees) < 2 * probability - 1) low = middle;
            else high = middle;
        }
        return Math.Sqrt(degrees) * 2 * low / (1 - low * low);
    }

    /// <summary>P(|T| &lt;= t) with tan(theta) = t / sqrt(n) and u = tan(theta/2), a finite sum
    /// in sin and cos of theta (Abramowitz and Stegun 26.7.3 and 26.7.4).</summary>
    private static double Central(double u, int degrees)
    {
        var (sin, cos) = (2 * u / (1 + u * u), (1 - u * u) / (1 + u * u));
        var isOdd = degrees % 2 == 1;
        var (term, sum) = (isOdd ? sin * cos : sin, 0.0);
        for (var k = isOdd ? 3 : 2; k <= degrees; k += 2)
        {
            sum += term;
            term *= cos * cos * (k - 1) / k;
        }
        return isOdd ? 2 / Math.PI * (2 * ArcTangent(u) + sum) : sum;
    }

    // Euler's series; at u = 1 each term is half of the one before.
    private static double ArcTangent(double u)
    {
        var (term, sum) = (u / (1 + u * u), 0.0);
        for (var n = 1; n <= Halvings; n++)
        {
            sum += term;
            term *= u * u / (1 + u * u) * (2 * n) / (2 * n + 1);
        }
        return sum;
    }
}
