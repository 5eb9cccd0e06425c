using System.Collections.Immutable;

namespace Mneme.Coordinator.Measures;

/// <summary>Everything around one switch of one trial. The names of the stability gap carry the
/// stride between two evaluations, on which its values depend.</summary>
/// <param name="Visit">The visit that begins with the switch: its number, 1 for the first.</param>
/// <param name="Values">In the order of <see cref="SwitchNames.Values"/>.</param>
/// <param name="Times">In the order of <see cref="SwitchNames.Times"/>.</param>
internal sealed record SwitchFigures(
    int Visit, ImmutableArray<double?> Values, ImmutableArray<EventTime> Times)
{
    /// <summary>Parts of the way from chance to the reference level.</summary>
    public static ImmutableArray<double> Fractions { get; } = [0.5, 0.75, 0.9, 0.95];

    /// <summary>Null when one of the two phases did not reach its end in good order: the trial
    /// failed, or is not that far.</summary>
    public static SwitchFigures? Of(SetHistory history, int visit)
    {
        if (!history.IsComplete(visit - 1) || !history.IsComplete(visit)) return null;
        var (old, fresh) = (history.Visits[visit - 1].Set, history.Visits[visit].Set);
        var raw = new SwitchMeasures(
            history.Curve(visit - 1, old), history.Curve(visit, old), history.Curve(visit, fresh));
        var normalised = new SwitchMeasures(
            history.NormalisedCurve(visit - 1, old), history.NormalisedCurve(visit, old),
            history.NormalisedCurve(visit, fresh));
        var gap = VisitStability.Of(history, visit);
        var learning = history.Curve(visit, fresh);
        var (first, after) = (TimesOf(FirstLearning(history, visit)), TimesOf(learning));
        return new SwitchFigures(visit,
        [
            raw.OldLevel, learning.Plateau, raw.Drop, normalised.Drop, raw.DipDepth,
            normalised.DipDepth, raw.DipPosition, raw.DipArea, raw.AreaUnderNew, learning.Slope,
            history.NormalisedCurve(visit, fresh).Slope,
            .. first.Zip(after, Savings.Ratio), .. first.Zip(after, Savings.Ebbinghaus),
            Rescue(history, visit, SetColumns.Swap),
            Rescue(history, visit, SetColumns.SwapAttention),
            OnlineAccuracy.Of(history, visit..(visit + 1)),
            gap?.MinimumAccuracy, gap?.WorstCaseAccuracy, gap?.WindowedForgetting,
            gap?.WindowedPlasticity, gap?.Gap, gap?.Recovered,
        ],
        [.. after, .. Recoveries(history, visit, learning), raw.HalfLife]);
    }

    private static ImmutableArray<EventTime> TimesOf(PhaseCurve curve) =>
        [.. Fractions.Select(fraction => curve.TimeTo(fraction, curve.Range.Ceiling))];

    // What is saved is saved against the first visit to the set; for a new set against the very
    // first phase, in which there was nothing to build on.
    private static PhaseCurve FirstLearning(SetHistory history, int visit)
    {
        var set = history.Visits[visit].Set;
        var first = Enumerable.Range(0, visit).FirstOrDefault(v => history.Visits[v].Set == set);
        return history.Curve(first, history.Visits[first].Set);
    }

    // Only for a set that was left and comes back: against its level when it was left.
    private static IEnumerable<EventTime> Recoveries(
        SetHistory history, int visit, PhaseCurve again)
    {
        var set = history.Visits[visit].Set;
        var left = Enumerable.Range(0, visit)
            .LastOrDefault(v => history.Visits[v].Set == set, visit - 1);
        if (left == visit - 1) return Fractions.Select(_ => EventTime.NotApplicable);
        var level = history.Curve(left, set).Plateau;
        return Fractions.Select(fraction => again.TimeTo(fraction, level));
    }

    // At the end of the phase, on the set of the newest save: before is the whole saved state,
    // after the present net, swapped the present net with some of the saved parts put back.
    private static double? Rescue(SetHistory history, int visit, string swapped) => Savings.Rescue(
        history.AtEnd(SetColumns.Reference, visit), history.AtEnd(SetColumns.Saved, visit),
        history.AtEnd(swapped, visit));
}
