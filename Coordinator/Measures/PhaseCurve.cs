using System.Collections.Immutable;

namespace Mneme.Coordinator.Measures;

/// <summary>Which level Q a threshold is a part of; recorded with the time.</summary>
internal enum ReferenceLevel
{
    /// <summary>C of the set: the same for all lanes and phases.</summary>
    Ceiling,

    /// <summary>P of the phase itself. A lane that never learns "recovers" at once.</summary>
    OwnPlateau,

    /// <summary>P of the phase that trained first, for both phases.</summary>
    FirstPlateau,
}

/// <summary>The accuracy on one set within one phase. Nothing here looks across a switch: a mean
/// over the last w points is one over fewer where the phase has not that many yet.</summary>
internal sealed class PhaseCurve
{
    private const int SlopeWindow = 5;
    private readonly int _window;

    /// <param name="window">w: evaluations that one smoothed value is the mean of.</param>
    public PhaseCurve(AccuracyCurve curve, PhaseSpan phase, AccuracyRange range, int window = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        (Phase, Range, _window) = (phase, range, window);
        Points = [.. curve.Points.Where(point => phase.Holds(point.Step))];
    }

    public PhaseSpan Phase { get; }

    public AccuracyRange Range { get; }

    public ImmutableArray<CurvePoint> Points { get; }

    /// <summary>The mean of the last w points: P of a set in training, L of an old set before
    /// the switch.</summary>
    public double? Plateau =>
        Points.IsEmpty ? null : Defined.OrNull(MeanAt(Points.Length - 1, _window));

    /// <summary>Each point with the mean of the last w points of this phase.</summary>
    public IEnumerable<CurvePoint> Smoothed =>
        Points.Select((point, place) => point with { Accuracy = MeanAt(place, _window) });

    /// <summary>The evaluations after the switch that is the start of the phase.</summary>
    /// <param name="most">W: how many of them; null for all.</param>
    public IEnumerable<CurvePoint> AfterStart(int? most = null) =>
        Points.Where(point => point.Step > Phase.Start).Take(most ?? int.MaxValue);

    /// <summary>Q of this phase, or null when it has none.</summary>
    /// <param name="first">The phase that trained first.</param>
    public double? Reference(ReferenceLevel level, PhaseCurve first) => level switch
    {
        ReferenceLevel.Ceiling => Range.Ceiling,
        ReferenceLevel.OwnPlateau => Plateau,
        _ => first.Plateau,
    };

    /// <summary>t(f) = min { s - x : smoothed(s) >= c + f (Q - c) }, censored by the length of
    /// the phase. Not applicable: a threshold above the ceiling or below the level at x.
    /// </summary>
    public EventTime TimeTo(double fraction, double? reference)
    {
        if (reference is not { } level || Points.IsEmpty) return EventTime.NotApplicable;
        var threshold = Range.Threshold(fraction, level);
        if (Range.IsAboveCeiling(fraction, level) || IsPassedAtStart(threshold))
            return EventTime.NotApplicable;
        foreach (var mean in Smoothed)
            if (mean.Accuracy >= threshold) return EventTime.Reached(mean.Step - Phase.Start);
        return EventTime.Censored(Phase.Length);
    }

    /// <summary>Mean of N(a) over the evaluation at x and the W after it.</summary>
    public double? Area(int? most = null) => Defined.Mean(Points
        .Where(point => point.Step == Phase.Start).Concat(AfterStart(most))
        .Select(point => Range.Normalised(point.Accuracy) ?? double.NaN));

    /// <summary>The largest difference of a mean of five points and the same one evaluation
    /// earlier: accuracy gained per evaluation. Null for fewer than six points.</summary>
    public double? Slope
    {
        get
        {
            var means = Enumerable.Range(0, Points.Length).Skip(SlopeWindow - 1)
                .Select(place => MeanAt(place, SlopeWindow)).ToArray();
            var rises = means.Skip(1).Zip(means, (mean, earlier) => mean - earlier).ToArray();
            return rises.Length == 0 ? null : Defined.OrNull(rises.Aggregate(Math.Max));
        }
    }

    private bool IsPassedAtStart(double threshold) =>
        Points[0].Step == Phase.Start && threshold < Points[0].Accuracy;

    private double MeanAt(int place, int window)
    {
        var first = Math.Max(0, place + 1 - window);
        return Points.AsSpan()[first..(place + 1)].ToArray().Average(point => point.Accuracy);
    }
}
