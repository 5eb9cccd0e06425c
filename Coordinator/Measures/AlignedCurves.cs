using System.Collections.Immutable;

namespace Mneme.Coordinator.Measures;

/// <summary>A mean over seeds at one place of an axis.</summary>
internal readonly record struct MeanPoint(long At, SeedSummary Over)
{
    /// <summary>Over the seeds, each of which has one value or none.</summary>
    public static MeanPoint Of(long at, IEnumerable<double?> bySeed) =>
        new(at, SeedSummary.Of([.. bySeed]));
}

/// <summary>Accuracies around events, laid on one another with the event at 0. A seed's events are
/// averaged first: seeds are independent, events of one seed are not. Between two evaluations
/// the earlier one holds.</summary>
internal static class AlignedCurves
{
    private const int MostPoints = 400;

    /// <summary>The accuracy on the set in training around every switch: before 0 the old one, from
    /// 0 on the new one; both have a value at 0.</summary>
    public static ImmutableArray<MeanPoint> AroundSwitches(
        IReadOnlyList<SetHistory> seeds, long stride)
    {
        var longest = Longest(seeds);
        var grid = Grid(longest, stride);
        var before = Math.Max(3 * grid, longest / 4 / grid * grid);
        return
        [
            .. Mean(seeds, -before, 0, grid, history => Switches(history)
                .Select(visit => Trained(history, visit - 1, history.Visits[visit].Phase.Start))),
            .. Mean(seeds, 0, longest, grid, history => Switches(history)
                .Select(visit => Trained(history, visit, history.Visits[visit].Phase.Start))),
        ];
    }

    /// <summary>The accuracy on sets since the end of their training, until they come back.
    /// </summary>
    public static ImmutableArray<MeanPoint> Retention(IReadOnlyList<SetHistory> seeds, long stride)
    {
        var longest = seeds.Max(history =>
            history.Visits[^1].Phase.End - history.Visits[0].Phase.End);
        return
        [
            .. Mean(seeds, 0, longest, Grid(longest, stride), history => Switches(history)
                .Where(visit => history.Visits[visit].Set != history.Visits[visit - 1].Set)
                .Select(visit => Left(history, visit - 1))),
        ];
    }

    private static IEnumerable<int> Switches(SetHistory history) =>
        Enumerable.Range(1, history.Visits.Length - 1);

    private static long Longest(IEnumerable<SetHistory> seeds) =>
        seeds.Max(history => history.Visits.Max(visit => visit.Phase.Length));

    private static long Grid(long length, long stride) =>
        stride * Math.Max(1, (length / stride + MostPoints - 1) / MostPoints);

    private static IEnumerable<CurvePoint> Trained(SetHistory history, int visit, long zero) =>
        Points(history, visit, history.Visits[visit].Set, zero);

    private static IEnumerable<CurvePoint> Left(SetHistory history, int visit)
    {
        var (set, phase) = history.Visits[visit];
        var away = Enumerable.Range(visit + 1, history.Visits.Length - visit - 1)
            .TakeWhile(later => history.Visits[later].Set != set);
        return Points(history, visit, set, phase.End).TakeLast(1)
            .Concat(away.SelectMany(later => Points(history, later, set, phase.End)));
    }

    private static IEnumerable<CurvePoint> Points(
        SetHistory history, int visit, int set, long zero) => history.PointsOf(visit)
        .Select(point => new CurvePoint(
            history.Steps[point] - zero, history.At(SetColumns.Accuracy, set, point)));

    private static IEnumerable<MeanPoint> Mean(
        IReadOnlyList<SetHistory> seeds, long from, long to, long grid,
        Func<SetHistory, IEnumerable<IEnumerable<CurvePoint>>> events)
    {
        var places = Enumerable.Range(0, (int)((to - from) / grid) + 1)
            .Select(place => from + place * grid).ToArray();
        var bySeed = seeds.Select(history => events(history)
            .Select(curve => Sampled([.. curve], places)).ToArray()).ToArray();
        return places.Select((at, place) => MeanPoint.Of(at, bySeed.Select(curves =>
            Defined.Mean(curves.Select(curve => curve[place]).Where(double.IsFinite)))));
    }

    // The last evaluation at or before each place; nothing before the first or after the last.
    private static double[] Sampled(CurvePoint[] curve, long[] places)
    {
        var (values, next) = (new double[places.Length], 0);
        for (var place = 0; place < places.Length; place++)
        {
            while (next < curve.Length && curve[next].Step <= places[place]) next++;
            values[place] = next == 0 || places[place] > curve[^1].Step
                ? double.NaN
                : curve[next - 1].Accuracy;
        }
        return values;
    }
}
