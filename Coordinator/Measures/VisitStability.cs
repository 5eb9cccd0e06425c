using System.Collections.Immutable;

namespace Mneme.Coordinator.Measures;

/// <summary>The stability gap of one visit in a schedule in which sets may come back.</summary>
internal static class VisitStability
{
    /// <summary>Earlier sets count from the end of their last visit on, in that order. Null where
    /// that order is none of visits one after the other: a set trained in between came back
    /// later, so that its training would be taken for its past.</summary>
    public static StabilityGap? Of(SetHistory history, int visit)
    {
        var last = LastVisits(history, visit);
        if (last[^1] - last[0] != last.Length - 1) return null;
        var sets = last.Select(v => history.Visits[v].Set).ToImmutableArray();
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<double>>();
        var switches = ImmutableArray.CreateBuilder<int>();
        foreach (var v in last)
        {
            // The evaluation at a switch is that of the old phase's end.
            if (v != last[0]) switches.Add(rows.Count - 1);
            var points = history.PointsOf(v).Skip(v == last[0] ? 0 : 1);
            rows.AddRange(points.Select(point => sets
                .Select(set => history.At(SetColumns.Accuracy, set, point)).ToImmutableArray()));
        }
        return new StabilityTrace(rows.ToImmutable(), switches.ToImmutable())
            .GapOf(sets.Length - 1);
    }

    // Of each set trained so far its last visit, ascending; the visit itself is the last one.
    private static ImmutableArray<int> LastVisits(SetHistory history, int visit) =>
    [
        .. Enumerable.Range(0, visit + 1).Where(v =>
            history.Visits[v].Set != history.Visits[visit].Set || v == visit)
            .GroupBy(v => history.Visits[v].Set).Select(visits => visits.Max()).Order(),
    ];
}
