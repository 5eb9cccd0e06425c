using System.Collections.Immutable;

namespace Mneme.Coordinator.Measures;

/// <summary>The figures of a lane's accuracy matrix, T visits long. "j,j" is a set at the first
/// visit that trained it. Transfer, forgetting and interference are null for T = 1.</summary>
internal static class MatrixMetrics
{
    /// <summary>ACC = mean_j R[T-1,j] (Lopez-Paz and Ranzato 2017, eq. 2).</summary>
    public static double? FinalAccuracy(this AccuracyMatrix r) => r.AccuracyAfter(r.LastVisit);

    /// <summary>ACC_i = mean over the sets learned by visit i of R[i,j].</summary>
    public static double? AccuracyAfter(this AccuracyMatrix r, int visit) => Defined.Mean(
        r.Sets.Where(set => r.LearnedAt(set) <= visit).Select(set => r[visit, set]));

    /// <summary>AIA = mean_i ACC_i.</summary>
    public static double? AverageIncrementalAccuracy(this AccuracyMatrix r) => Defined.Mean(
        Enumerable.Range(0, r.Visits).Select(visit => r.AccuracyAfter(visit) ?? double.NaN));

    /// <summary>LA = mean_j R[j,j].</summary>
    public static double? LearningAccuracy(this AccuracyMatrix r) =>
        Defined.Mean(r.Sets.Select(r.WhenLearned));

    /// <summary>BWT = mean over earlier sets of R[T-1,j] - R[j,j]; negative is forgetting
    /// (Lopez-Paz and Ranzato 2017, eq. 3).</summary>
    public static double? BackwardTransfer(this AccuracyMatrix r) =>
        Defined.Mean(r.Earlier.Select(set => r[r.LastVisit, set] - r.WhenLearned(set)));

    /// <summary>FWT = mean over all sets but the first of R[j-1,j] - b_j: what a set gains from
    /// those trained before it (Lopez-Paz and Ranzato 2017, eq. 4).</summary>
    public static double? ForwardTransfer(this AccuracyMatrix r) => Defined.Mean(r.Sets
        .Where(set => r.LearnedAt(set) > 0)
        .Select(set => r[r.LearnedAt(set) - 1, set] - r.Untrained[set]));

    /// <summary>Mean_j (R_joint[j] - R[j,j]): what a lane that trains all sets together reaches
    /// beyond this one (Chaudhry et al. 2018).</summary>
    public static double? Intransigence(
        this AccuracyMatrix r, ImmutableArray<double> joint) =>
        Defined.Mean(r.Sets.Select(set => joint[set] - r.WhenLearned(set)));

    /// <summary>D[i,j] = R[i,j] - R[i-1,j], i >= 1: the change of set j by visit i. The first
    /// row is that of visit 1.</summary>
    public static ImmutableArray<ImmutableArray<double?>>? Interference(this AccuracyMatrix r) =>
        r.Visits == 1
            ? null
            : [.. Enumerable.Range(1, r.Visits - 1).Select(visit => Change(r, visit))];

    private static ImmutableArray<double?> Change(AccuracyMatrix r, int visit) =>
        [.. r.Sets.Select(set => Defined.OrNull(r[visit, set] - r[visit - 1, set]))];
}
