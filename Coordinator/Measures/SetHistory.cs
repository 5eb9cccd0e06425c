using System.Collections.Immutable;
using Mneme.Specs;

namespace Mneme.Coordinator.Measures;

/// <summary>One phase of a schedule seen as a visit to the set that it trains.</summary>
/// <param name="Set">Below 0 for data that belong to this phase alone and to no set, and for all
/// sets together.</param>
internal readonly record struct Visit(int Set, PhaseSpan Phase)
{
    /// <summary>Whether it trains all sets together.</summary>
    public bool IsJoint => Set == PhaseStart.Joint;

    /// <summary>The sets that it trains.</summary>
    /// <param name="sets">How many there are.</param>
    public IEnumerable<int> Trains(int sets) =>
        IsJoint ? Enumerable.Range(0, sets) : Set < 0 ? [] : [Set];

    /// <summary>Visits one after the other, from step 0 on.</summary>
    public static ImmutableArray<Visit> Of(IEnumerable<(int Set, long Steps)> phases)
    {
        var visits = ImmutableArray.CreateBuilder<Visit>();
        var start = 0L;
        foreach (var (set, steps) in phases)
        {
            visits.Add(new Visit(set, new PhaseSpan(start, start + steps)));
            start += steps;
        }
        return visits.ToImmutable();
    }
}

/// <summary>What one trial's table of points says about its sets. At a switch there are two points
/// with the same step: the first ends the old phase, the last begins the new one.</summary>
/// <param name="Visits">At least one.</param>
/// <param name="Steps">Not descending.   // [point]</param>
/// <param name="Values">   // [column][point]</param>
internal sealed record SetHistory(
    SetColumns Columns, ImmutableArray<Visit> Visits, long[] Steps, double[][] Values)
{
    private readonly ImmutableArray<ImmutableArray<int>> _points =
        [.. Visits.Select(visit => PointsOf(visit.Phase, Steps))];

    private readonly ImmutableArray<AccuracyRange> _ranges =
        [.. Columns.Sets.Select((_, set) => RangeOf(Columns, Values, set))];

    /// <summary>Sets that this trial ever trains, by their first visit.</summary>
    public ImmutableArray<int> Trained { get; } =
        [.. Visits.SelectMany(visit => visit.Trains(Columns.Sets.Length)).Distinct()];

    /// <summary>Numbers of the points of a visit, one for each step.</summary>
    public ImmutableArray<int> PointsOf(int visit) => _points[visit];

    public AccuracyRange RangeOf(int set) =>
        set < 0 ? new AccuracyRange(double.NaN, double.NaN) : _ranges[set];

    public double At(string measure, int set, int point) =>
        Columns.Of(measure, set) is { } column ? Values[column][point] : double.NaN;

    /// <summary>Whether the visit was trained to its end and has a value there of what it
    /// trained.</summary>
    public bool IsComplete(int visit) => HasEnd(visit) && Visits[visit]
        .Trains(Columns.Sets.Length).All(set => double.IsFinite(AtEnd(visit, set)));

    /// <summary>R[visit, set]; NaN where it was not evaluated.</summary>
    public double AtEnd(int visit, int set) => AtEnd(SetColumns.Accuracy, visit, set);

    /// <summary>A measure of a set at the end of a visit.</summary>
    public double AtEnd(string measure, int visit, int set) =>
        HasEnd(visit) ? At(measure, set, _points[visit][^1]) : double.NaN;

    /// <summary>A column that belongs to no set, at the end of a visit.</summary>
    public double AtEnd(string column, int visit) =>
        HasEnd(visit) && Columns.Of(column) is { } place
            ? Values[place][_points[visit][^1]]
            : double.NaN;

    /// <summary>b[set]; NaN where it was not evaluated before the first step.</summary>
    public double Untrained(int set) =>
        _points[0].IsEmpty || Steps[_points[0][0]] != Visits[0].Phase.Start
            ? double.NaN
            : At(SetColumns.Accuracy, set, _points[0][0]);

    /// <summary>The accuracy on a set during a visit, as measured.</summary>
    public PhaseCurve Curve(int visit, int set) => CurveOf(visit, set, RangeOf(set), a => a);

    /// <summary>The same as N(a): from 0, chance, to 1, the ceiling.</summary>
    public PhaseCurve NormalisedCurve(int visit, int set)
    {
        var range = RangeOf(set);
        return CurveOf(visit, set, new AccuracyRange(0, 1),
            accuracy => range.Normalised(accuracy) ?? double.NaN);
    }

    private bool HasEnd(int visit) =>
        !_points[visit].IsEmpty && Steps[_points[visit][^1]] == Visits[visit].Phase.End;

    private PhaseCurve CurveOf(
        int visit, int set, AccuracyRange range, Func<double, double> scaled)
    {
        var points = set < 0 ? [] : _points[visit];
        var curve = new AccuracyCurve(
            [.. points.Select(point => Steps[point])],
            [.. points.Select(point => scaled(At(SetColumns.Accuracy, set, point)))]);
        return new PhaseCurve(curve, Visits[visit].Phase, range);
    }

    // Of equal steps the last where the phase begins, which is after the switch; else the first.
    private static ImmutableArray<int> PointsOf(PhaseSpan phase, long[] steps) =>
    [
        .. Enumerable.Range(0, steps.Length)
            .Where(point => phase.Holds(steps[point]) && (steps[point] == phase.Start
                ? point == steps.Length - 1 || steps[point + 1] != steps[point]
                : point == 0 || steps[point - 1] != steps[point])),
    ];

    private static AccuracyRange RangeOf(SetColumns columns, double[][] values, int set) => new(
        FirstKnown(columns.Of(SetColumns.Chance, set), values),
        FirstKnown(columns.Of(SetColumns.Ceiling, set), values));

    // Chance and ceiling are computed from the data: what is known once is true throughout.
    private static double FirstKnown(int? column, double[][] values) => column is { } known
        ? values[known].FirstOrDefault(double.IsFinite, double.NaN)
        : double.NaN;
}
