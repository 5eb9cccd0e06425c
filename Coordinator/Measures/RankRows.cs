using System.Collections.Immutable;
using Mneme.Results;

namespace Mneme.Coordinator.Measures;

/// <summary>The accuracy on single sequences at one point of a trial: how well each was known, by
/// its rank in the order of frequency.</summary>
/// <param name="Sets">Number of the set.   // [row]</param>
/// <param name="Ranks">0 for the most frequent one.   // [row]</param>
/// <param name="Accuracies">   // [row]</param>
internal sealed record RankRows(
    ImmutableArray<double> Sets, ImmutableArray<double> Ranks, ImmutableArray<double> Accuracies)
{
    /// <param name="record">A point's record by its name, or null.</param>
    /// <returns>Null when the point has no such records, or they do not fit together.</returns>
    public static RankRows? Of(Func<string, NamedArray?> record)
    {
        if (record("set") is not { } sets || record("sequence_rank") is not { } ranks ||
            record("row_accuracy") is not { } accuracies) return null;
        var rows = new RankRows(Numbers(sets), Numbers(ranks), Numbers(accuracies));
        return rows.Sets.Length == rows.Accuracies.Length &&
            rows.Ranks.Length == rows.Accuracies.Length ? rows : null;
    }

    /// <summary>Accuracies of a set by rank.</summary>
    public IEnumerable<(long Rank, double Accuracy)> Of(int set) =>
        Enumerable.Range(0, Sets.Length).Where(row => (int)Sets[row] == set)
            .Select(row => ((long)Ranks[row], Accuracies[row]));

    /// <summary>Mean accuracies of a set by rank, ranks taken together by tens, hundreds, ... when
    /// there are more than a figure can tell apart.</summary>
    /// <param name="width">Ranks in a bin.</param>
    public IEnumerable<(long Rank, double Accuracy)> ByRank(int set, long width) =>
        Of(set).Where(row => double.IsFinite(row.Accuracy))
            .GroupBy(row => row.Rank / width * width, row => row.Accuracy)
            .Select(bin => (bin.Key, bin.Average()));

    public long HighestRank => Ranks.IsEmpty ? 0 : (long)Ranks.Max();

    private static ImmutableArray<double> Numbers(NamedArray array) => array.Type switch
    {
        ArrayType.Float64 => [.. array.As<double>()],
        ArrayType.Float32 => [.. array.As<float>().ToArray().Select(n => (double)n)],
        ArrayType.Integer64 => [.. array.As<long>().ToArray().Select(n => (double)n)],
        ArrayType.Integer32 => [.. array.As<int>().ToArray().Select(n => (double)n)],
        _ => [.. array.Bytes.ToArray().Select(n => (double)n)],
    };
}

/// <summary>What was known of single sequences around one switch of one trial; null where there is
/// no record.</summary>
internal sealed record SwitchRanks(RankRows? Before, RankRows? After, RankRows? End)
{
    /// <param name="records">The records of a point.</param>
    public static SwitchRanks Of(
        SetHistory history, int visit, Func<int, Func<string, NamedArray?>> records)
    {
        RankRows? At(IEnumerable<int> point) =>
            point.Select(p => RankRows.Of(records(p))).FirstOrDefault();
        var points = history.PointsOf(visit);
        return new SwitchRanks(
            At(history.PointsOf(visit - 1).TakeLast(1)), At(points.Take(1)),
            At(points.TakeLast(1)));
    }
}
