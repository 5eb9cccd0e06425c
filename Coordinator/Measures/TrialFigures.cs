using System.Collections.Immutable;

namespace Mneme.Coordinator.Measures;

/// <summary>The figures of a whole trial, by name: those of its accuracy matrix, raw and
/// normalised, what it lacks of a trial that trained all sets together, and the online
/// accuracy.</summary>
internal static class TrialFigures
{
    public const string FinalAccuracy = "acc";
    public const string ForgettingMax = "forgetting_max";
    public const string ForgettingFirstLast = "forgetting_first_last";
    public const string Intransigence = "intransigence";
    public const string Normalised = "_normalised";

    private static readonly (string Name, Func<AccuracyMatrix, double?> Of)[] OfMatrix =
    [
        (FinalAccuracy, r => r.FinalAccuracy()),
        ("aia", r => r.AverageIncrementalAccuracy()),
        ("la", r => r.LearningAccuracy()),
        ("bwt", r => r.BackwardTransfer()),
        ("fwt", r => r.ForwardTransfer()),
        (ForgettingMax, r => r.ForgettingMax()),
        (ForgettingMax + "_all_rows", r => r.ForgettingMax(ForgettingRows.All)),
        (ForgettingFirstLast, r => r.ForgettingFirstLast()),
    ];

    public static ImmutableArray<string> Names { get; } =
    [
        .. OfMatrix.Select(figure => figure.Name),
        .. OfMatrix.Select(figure => figure.Name + Normalised),
        Intransigence, Intransigence + Normalised,
        "mean_online_accuracy",
    ];

    /// <summary>In the order of <see cref="Names"/>.</summary>
    /// <param name="joint">Of a trial that trained all sets together; null where there is
    /// none.</param>
    public static ImmutableArray<double?> Of(SetHistory history, SetHistory? joint = null)
    {
        var visits = history.Visits.Length;
        var (raw, normalised) = (history.Matrix(visits), history.NormalisedMatrix(visits));
        return
        [
            .. OfMatrix.Select(figure => raw is null ? null : figure.Of(raw)),
            .. OfMatrix.Select(figure => normalised is null ? null : figure.Of(normalised)),
            Beyond(raw, (_, accuracy) => accuracy),
            Beyond(normalised, (set, accuracy) =>
                history.RangeOf(set).Normalised(accuracy) ?? double.NaN),
            OnlineAccuracy.Of(history, 0..visits),
        ];

        double? Beyond(AccuracyMatrix? matrix, Func<int, double, double> scaled) =>
            joint is null ? null : matrix?.Intransigence(
                [.. history.Trained.Select(set => scaled(set, joint.AtEnd(0, set)))]);
    }
}
