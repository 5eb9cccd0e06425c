using System.Collections.Immutable;

namespace Mneme.Coordinator.Measures;

/// <summary>What happens around one switch at step x, from an old set to a new one.</summary>
internal sealed class SwitchMeasures
{
    private readonly PhaseCurve _old;
    private readonly PhaseCurve _new;
    private readonly ImmutableArray<CurvePoint> _looked;

    /// <param name="before">The old set in the phase that ends at x.</param>
    /// <param name="old">The old set in the phase that begins at x.</param>
    /// <param name="fresh">The new set in the phase that begins at x.</param>
    /// <param name="points">W: evaluations after x that are looked at; null for all up to the
    /// next switch.</param>
    public SwitchMeasures(
        PhaseCurve before, PhaseCurve old, PhaseCurve fresh, int? points = null)
    {
        if (before.Phase.End != old.Phase.Start || old.Phase != fresh.Phase)
            throw new ArgumentException("one phase ends where the other begins", nameof(old));
        (_old, _new, OldLevel) = (old, fresh, before.Plateau);
        _looked = [.. old.AfterStart(points)];
        AreaUnderNew = fresh.Area(points);
    }

    /// <summary>L: the mean of the last w evaluations of the old set at or before x.</summary>
    public double? OldLevel { get; }

    /// <summary>L - curve[n](first evaluation at or after x): what a user sees.</summary>
    public double? Drop => _new.Points.IsEmpty ? null : Below(_new.Points[0].Accuracy);

    /// <summary>L - min over x &lt; s &lt;= x + W of curve[o](s); negative when the old set
    /// only improves.</summary>
    public double? DipDepth => _looked.IsEmpty ? null : Below(Lowest.Accuracy);

    /// <summary>Steps from x to the first evaluation that has the minimum.</summary>
    public long? DipPosition => DipDepth is null ? null : Lowest.Step - _old.Phase.Start;

    /// <summary>Sum of max(0, L - curve[o](s)) times the steps since the evaluation before, in
    /// accuracy times steps.</summary>
    public double? DipArea
    {
        get
        {
            if (_looked.IsEmpty || OldLevel is not { } level) return null;
            var (area, since) = (0.0, _old.Phase.Start);
            foreach (var (step, accuracy) in _looked)
            {
                area += Math.Max(0, level - accuracy) * (step - since);
                since = step;
            }
            return Defined.OrNull(area);
        }
    }

    /// <summary>Mean of N(curve[n]) from x to x + W.</summary>
    public double? AreaUnderNew { get; }

    /// <summary>The first s - x with N(curve[o](s)) &lt;= N(L)/2. Not applicable when L is not
    /// above chance: nothing is there to halve.</summary>
    public EventTime HalfLife
    {
        get
        {
            if (OldLevel is not { } level || _old.Range.Normalised(level) is not > 0)
                return EventTime.NotApplicable;
            var half = _old.Range.Normalised(level) / 2;
            foreach (var (step, accuracy) in _old.AfterStart())
                if (_old.Range.Normalised(accuracy) <= half)
                    return EventTime.Reached(step - _old.Phase.Start);
            return EventTime.Censored(_old.Phase.Length);
        }
    }

    /// <summary>Time to the part f of L where the old set is trained again.</summary>
    public EventTime Recovery(PhaseCurve again, double fraction) =>
        again.TimeTo(fraction, OldLevel);

    // The earliest of equal ones; a NaN counts as the lowest and makes the depth unknown.
    private CurvePoint Lowest => _looked.MinBy(point => point.Accuracy);

    private double? Below(double accuracy) =>
        OldLevel is { } level ? Defined.OrNull(level - accuracy) : null;
}
