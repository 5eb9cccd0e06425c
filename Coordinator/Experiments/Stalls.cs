namespace Mneme.Coordinator.Experiments;

/// <summary>Which running segments have not moved for too long: a live heartbeat does not excuse a
/// training thread that hangs. No clock: time comes in with each call.</summary>
internal sealed class Stalls
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private readonly Dictionary<int, (long Epoch, long Step, TimeSpan Since)> seen = [];

    /// <summary>Notes where a segment is; true when it has been there for the limit.</summary>
    public bool IsStalled(int segment, long epoch, long step, TimeSpan now)
    {
        if (seen.TryGetValue(segment, out var last) && (last.Epoch, last.Step) == (epoch, step))
            return now - last.Since >= Limit;
        seen[segment] = (epoch, step, now);
        return false;
    }

    public void Forget(int segment) => seen.Remove(segment);
}
