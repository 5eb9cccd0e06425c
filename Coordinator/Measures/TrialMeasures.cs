using System.Collections.Immutable;

namespace Mneme.Coordinator.Measures;

/// <summary>The measures of continual learning of one trial.</summary>
/// <param name="Values">In the order of <see cref="TrialFigures.Names"/>.</param>
/// <param name="AfterVisit">ACC_i and both forgettings over i.   // [visit]</param>
/// <param name="Switches">Null where the trial failed or is not that far.   // [switch]</param>
internal sealed record TrialMeasures(
    SetHistory History, ImmutableArray<double?> Values,
    ImmutableArray<VisitFigures> AfterVisit, ImmutableArray<SwitchFigures?> Switches)
{
    /// <param name="joint">Of a trial with the same configuration and seed that trained all sets
    /// together; null where there is none.</param>
    public static TrialMeasures Of(SetHistory history, SetHistory? joint = null) => new(
        history, TrialFigures.Of(history, joint),
        [.. history.Visits.Select((_, visit) => VisitFigures.Of(history.Matrix(visit + 1)))],
        [.. Enumerable.Range(1, history.Visits.Length - 1)
            .Select(visit => SwitchFigures.Of(history, visit))]);

    /// <summary>Whether the trial has not come to its end in good order.</summary>
    public bool IsFailed => !History.IsComplete(History.Visits.Length - 1);

    public double? this[string figure] => Values[TrialFigures.Names.IndexOf(figure)];
}

/// <summary>The figures of the matrix so far: its last row is that of visit i.</summary>
internal sealed record VisitFigures(
    double? Accuracy, double? ForgettingMax, double? ForgettingFirstLast)
{
    public static VisitFigures Of(AccuracyMatrix? soFar) => new(
        soFar?.FinalAccuracy(), soFar?.ForgettingMax(), soFar?.ForgettingFirstLast());
}
