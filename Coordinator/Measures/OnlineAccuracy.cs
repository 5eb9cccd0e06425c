namespace Mneme.Coordinator.Measures;

/// <summary>The mean accuracy of the training batches before their updates, where a family
/// measures it. A point's value is the mean since its phase began.</summary>
internal static class OnlineAccuracy
{
    /// <summary>Over some visits, each step weighted alike; null when a part is unknown.
    /// </summary>
    public static double? Of(SetHistory history, Range visits)
    {
        var (sum, steps) = (0.0, 0L);
        foreach (var (visit, phase) in history.Visits.Select((visit, place) => (place, visit.Phase))
            .Take(visits))
        {
            sum += history.AtEnd(SetColumns.Online, visit) * phase.Length;
            steps += phase.Length;
        }
        return Defined.OrNull(sum / steps);
    }
}
