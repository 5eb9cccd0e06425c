using System.Collections.Immutable;

namespace Mneme.Coordinator.Plots;

/// <summary>What is drawn at one place of the horizontal axis: a line's height, and a band around
/// it (quartiles around a median, an interval around a mean).</summary>
internal readonly record struct BandPoint(long Step, double Lower, double Middle, double Upper);

/// <summary>A curve reduced to what is drawn: stretches without a gap.</summary>
internal sealed record Band(ImmutableArray<ImmutableArray<BandPoint>> Stretches)
{
    // More points than the figure is wide cannot be told apart.
    private const int MostPoints = 1000;

    public IEnumerable<BandPoint> Points => Stretches.SelectMany(stretch => stretch);

    /// <param name="isShown">Whether a value can be drawn at all.</param>
    public static Band Of(Curve curve, Func<double, bool> isShown)
    {
        var stride = Math.Max(1, (curve.Steps.Length + MostPoints - 1) / MostPoints);
        var stretches = ImmutableArray.CreateBuilder<ImmutableArray<BandPoint>>();
        var stretch = ImmutableArray.CreateBuilder<BandPoint>();
        for (var point = 0; point < curve.Steps.Length; point++)
        {
            // The last point is always there: it is the result.
            if (point % stride != 0 && point != curve.Steps.Length - 1) continue;
            if (At(curve, point, isShown) is { } quartiles) stretch.Add(quartiles);
            else Close(stretch, stretches);
        }
        Close(stretch, stretches);
        return new Band(stretches.ToImmutable());
    }

    /// <summary>Points of which a NaN in the middle is a gap.</summary>
    public static Band Of(IEnumerable<BandPoint> points)
    {
        var stretches = ImmutableArray.CreateBuilder<ImmutableArray<BandPoint>>();
        var stretch = ImmutableArray.CreateBuilder<BandPoint>();
        foreach (var point in points)
            if (double.IsFinite(point.Middle)) stretch.Add(point);
            else Close(stretch, stretches);
        Close(stretch, stretches);
        return new Band(stretches.ToImmutable());
    }

    private static void Close(
        ImmutableArray<BandPoint>.Builder stretch,
        ImmutableArray<ImmutableArray<BandPoint>>.Builder stretches)
    {
        if (stretch.Count > 0) stretches.Add(stretch.ToImmutable());
        stretch.Clear();
    }

    private static BandPoint? At(Curve curve, int point, Func<double, bool> isShown)
    {
        var values = curve.BySeed
            .Where(seed => point < seed.Length && isShown(seed[point]))
            .Select(seed => seed[point])
            .Order().ToArray();
        return values.Length == 0 ? null : new BandPoint(curve.Steps[point],
            Quantile(values, 0.25), Quantile(values, 0.5), Quantile(values, 0.75));
    }

    // Linear between the two nearest ranks, as numpy's quantile does.
    private static double Quantile(double[] sorted, double fraction)
    {
        var rank = fraction * (sorted.Length - 1);
        var (below, above) = (sorted[(int)Math.Floor(rank)], sorted[(int)Math.Ceiling(rank)]);
        var weight = rank - Math.Floor(rank);
        return below * (1 - weight) + above * weight;
    }
}
