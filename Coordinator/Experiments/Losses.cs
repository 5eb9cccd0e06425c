using Mneme.Journal;

namespace Mneme.Coordinator.Experiments;

/// <summary>Deaths of workers, and when they are the work's own fault: computation is
/// deterministic, so poison strikes at one place and random kills do not. Pure.</summary>
internal static class Losses
{
    private const int Deaths = 3;
    private const double Place = 0.05;      // of a segment's length

    /// <summary>What happened to a segment whose session is dead.</summary>
    public static IEnumerable<ExperimentEvent> Of(ExperimentState state, int segment, long step)
    {
        var progress = state.Segments[segment];
        var lost = new SegmentReturned(
            segment, progress.Epoch, "worker_lost", "", Counted: false, progress.Session, step);
        yield return lost;
        var losses = state.Apply(lost).Segments[segment].Losses;
        if (ArePoison(losses, state.Plan.Segments[segment] is var s ? s.ToStep - s.FromStep : 0))
            yield return new SegmentQuarantined(
                segment, "worker_lost",
                $"{Deaths} workers died over it near step {step}: look at their logs");
    }

    private static bool ArePoison(IReadOnlyList<Loss> losses, long length) =>
        losses.Any(first => losses
            .Where(other => Math.Abs(other.Step - first.Step) <= Place * length)
            .Select(other => other.Node).Distinct().Count() >= Deaths);
}
