using System.Collections.Immutable;

namespace Mneme.Coordinator.Measures;

/// <summary>R and b of a trial. Columns are the sets that the trial trains, in the order of
/// their first visit; rows are the visits to them. Sets of other schedules, and phases whose data
/// belong to no set, are left out.</summary>
internal static class VisitMatrix
{
    /// <param name="visits">How many visits it covers.</param>
    /// <returns>Null when none of them trained a set.</returns>
    public static AccuracyMatrix? Matrix(this SetHistory history, int visits) =>
        Of(history, visits, (_, accuracy) => accuracy);

    /// <summary>Every accuracy as N(a).</summary>
    public static AccuracyMatrix? NormalisedMatrix(this SetHistory history, int visits) =>
        Of(history, visits, (set, accuracy) =>
            history.RangeOf(set).Normalised(accuracy) ?? double.NaN);

    private static AccuracyMatrix? Of(
        SetHistory history, int visits, Func<int, double, double> scaled)
    {
        var rows = Enumerable.Range(0, visits)
            .Where(visit => history.Visits[visit] is { Set: >= 0 } or { IsJoint: true }).ToArray();
        var sets = rows.SelectMany(visit => history.Visits[visit]
            .Trains(history.Columns.Sets.Length)).Distinct().ToImmutableArray();
        return rows.Length == 0 ? null : new AccuracyMatrix(
            [.. rows.Select(visit => sets
                .Select(set => scaled(set, history.AtEnd(visit, set))).ToImmutableArray())],
            [.. sets.Select(set => scaled(set, history.Untrained(set)))],
            [.. rows.Select(visit => history.Visits[visit].IsJoint
                ? AccuracyMatrix.AllSets
                : sets.IndexOf(history.Visits[visit].Set))]);
    }
}
