namespace Mneme.Coordinator.Measures;

/// <summary>Over which visits the best accuracy on a set is taken; recorded with the value.
/// </summary>
internal enum ForgettingRows
{
    /// <summary>From the visit that learned the set: a lucky guess before it does not count.
    /// </summary>
    FromLearning,

    /// <summary>From the first visit, as the formula is printed.</summary>
    All,
}

/// <summary>Both conventions of forgetting; both are always written. A negative term, a set that
/// improved, is kept. Null for one visit.</summary>
internal static class Forgetting
{
    /// <summary>forgetting_max = mean over earlier sets of max_{l &lt; T-1} R[l,j] - R[T-1,j]
    /// (Chaudhry et al. 2018, eq. 3 and 4).</summary>
    public static double? ForgettingMax(
        this AccuracyMatrix r, ForgettingRows rows = ForgettingRows.FromLearning) =>
        Defined.Mean(r.ForgettingMaxTerms(rows));

    /// <summary>forgetting_first_last = mean over earlier sets of R[j,j] - R[T-1,j], which is
    /// -BWT (Avalanche, but for the row: here it is always the last one).</summary>
    public static double? ForgettingFirstLast(this AccuracyMatrix r) =>
        Defined.Mean(r.ForgettingFirstLastTerms());

    /// <summary>By earlier set.   // [set]</summary>
    public static IEnumerable<double> ForgettingMaxTerms(
        this AccuracyMatrix r, ForgettingRows rows) =>
        r.Earlier.Select(set => Best(r, set, rows) - r[r.LastVisit, set]);

    /// <summary>By earlier set.   // [set]</summary>
    public static IEnumerable<double> ForgettingFirstLastTerms(this AccuracyMatrix r) =>
        r.Earlier.Select(set => r.WhenLearned(set) - r[r.LastVisit, set]);

    // Math.Max keeps a NaN: the best of what is partly unknown is unknown.
    private static double Best(AccuracyMatrix r, int set, ForgettingRows rows)
    {
        var first = rows == ForgettingRows.FromLearning ? r.LearnedAt(set) : 0;
        return Enumerable.Range(first, r.LastVisit - first)
            .Select(visit => r[visit, set])
            .Aggregate(Math.Max);
    }
}
