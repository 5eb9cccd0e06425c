using System.Collections.Immutable;
using Mneme.Results;

namespace Mneme.Coordinator.Measures;

/// <summary>How often the sequences of a set had been shown in a phase when each was first known:
/// at an accuracy above .9, at a point of the phase. One that was known before it was shown in the
/// phase is not asked; one that was not known until the end is censored.</summary>
/// <param name="Appearances">Over the sequences that were measured.</param>
/// <param name="HighestRank">The rarest sequence ever known in the phase; null for none.</param>
internal sealed record LearnedRanks(TimeSummary Appearances, long? HighestRank)
{
    private const double Known = .9;

    /// <param name="points">Those of the phase, in order.</param>
    /// <returns>Null where nothing was measured, or no number at the end: the trial failed.
    /// </returns>
    public static LearnedRanks? Of(int set, IReadOnlyList<RankPoint> points)
    {
        if (points.Count == 0 ||
            !points[^1].Rows.Of(set).Any(row => double.IsFinite(row.Accuracy))) return null;
        var found = new Dictionary<long, EventTime>();
        foreach (var (place, point) in points.Index())
            foreach (var (rank, accuracy) in point.Rows.Of(set))
                if (!found.TryGetValue(rank, out var so) || so.Kind == EventTimeKind.Censored)
                    found[rank] = At(accuracy, point.Appearances[(int)rank], place == 0);
        return new LearnedRanks(
            TimeSummary.Of([.. found.Values.Select(time => (EventTime?)time)]),
            found.Where(one => one.Value.Kind != EventTimeKind.Censored)
                .Select(one => (long?)one.Key).Max());
    }

    private static EventTime At(double accuracy, long shown, bool isFirst) =>
        !(accuracy > Known) ? EventTime.Censored(shown)
        : isFirst && shown == 0 ? EventTime.NotApplicable
        : EventTime.Reached(shown);
}

/// <summary>What one point says of single sequences.</summary>
/// <param name="Appearances">How often each has come since the phase began.   // [rank]</param>
internal sealed record RankPoint(RankRows Rows, ImmutableArray<int> Appearances)
{
    /// <param name="record">A point's record by its name, or null.</param>
    /// <returns>Null when the point has no such records.</returns>
    public static RankPoint? Of(Func<string, NamedArray?> record) =>
        RankRows.Of(record) is { } rows &&
        record("appearances") is { Type: ArrayType.Integer32 } counts
            ? new RankPoint(rows, [.. counts.As<int>()])
            : null;
}
