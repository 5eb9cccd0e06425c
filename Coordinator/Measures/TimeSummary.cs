namespace Mneme.Coordinator.Measures;

/// <summary>A time over the seeds of a configuration. A censored time lies above every reached
/// one, and its bound enters no number.</summary>
/// <param name="Reached">Lanes that reached it.</param>
/// <param name="Censored">Lanes that did not.</param>
/// <param name="NotApplicable">Lanes it was not asked of: counted and left out.</param>
/// <param name="Failed">Counted and left out as well.</param>
/// <param name="Median">Null when it lies among the censored times, as the quartiles.</param>
/// <param name="MeanReached">Over the reached lanes only: show <see cref="Share"/> beside it.
/// </param>
internal sealed record TimeSummary(
    int Reached, int Censored, int NotApplicable, int Failed,
    double? LowerQuartile, double? Median, double? UpperQuartile, double? MeanReached)
{
    /// <summary>The part that reached it of all lanes it was asked of; null when of none.
    /// </summary>
    public double? Share => Defined.OrNull((double)Reached / (Reached + Censored));

    /// <param name="times">By lane; null where the lane failed.</param>
    public static TimeSummary Of(IReadOnlyCollection<EventTime?> times)
    {
        int Count(EventTimeKind kind) => times.Count(time => time?.Kind == kind);
        long[] sorted = [.. times.Select(time => time?.At).OfType<long>().Order()];
        var asked = sorted.Length + Count(EventTimeKind.Censored);
        return new TimeSummary(
            sorted.Length, Count(EventTimeKind.Censored), Count(EventTimeKind.NotApplicable),
            times.Count(time => time is null),
            Quantile(sorted, asked, 0.25), Quantile(sorted, asked, 0.5),
            Quantile(sorted, asked, 0.75), Defined.Mean(sorted.Select(time => (double)time)));
    }

    // Linear between the two nearest ranks of all that were asked, as numpy's quantile does.
    private static double? Quantile(long[] reached, int asked, double fraction)
    {
        if (asked == 0) return null;
        var rank = fraction * (asked - 1);
        var (below, above) = ((int)Math.Floor(rank), (int)Math.Ceiling(rank));
        if (above >= reached.Length) return null;
        return reached[below] + (rank - below) * (reached[above] - reached[below]);
    }
}
