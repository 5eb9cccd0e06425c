namespace Mneme.Coordinator.Measures;

/// <summary>The mean accuracy of the training batches before their updates, where a family
/// measures it. A point's value is the mean since the point before it.</summary>
internal static class OnlineAccuracy
{
    /// <summary>Over some visits, each step weighted alike; null when a part is unknown.
    /// </summary>
    public static double? Of(SetHistory history, Range visits)
    {
        if (history.Columns.Of(SetColumns.Online) is not { } column) return null;
        var (sum, steps) = (0.0, 0L);
        foreach (var (visit, phase) in history.Visits.Select((visit, place) => (place, visit.Phase))
            .Take(visits))
        {
            var since = phase.Start;
            foreach (var point in history.PointsOf(visit).Where(p => history.Steps[p] > since))
            {
                var length = history.Steps[point] - since;
                (sum, steps) = (sum + history.Values[column][point] * length, steps + length);
                since = history.Steps[point];
            }
            if (since != phase.End) return null;
        }
        return Defined.OrNull(sum / steps);
    }
}
