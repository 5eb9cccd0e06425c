using System.Collections.Immutable;
using Mneme.Messages;

namespace Mneme.Coordinator.Dispatch;

/// <summary>Every session of a leader's time, and what its silence means. No clock, no wire: time
/// comes in with each call, as what has passed on a monotonic clock.</summary>
public sealed class SessionBook
{
    /// <summary>After a sign that a mailbox is gone: time to come back with a new one.</summary>
    public static readonly TimeSpan Suspicion = TimeSpan.FromSeconds(5);

    /// <summary>The same while the leader's own link is young: who lost its link a moment before
    /// may still be on its way back.</summary>
    public static readonly TimeSpan LongSuspicion = TimeSpan.FromSeconds(10);

    /// <summary>How long a link of the leader's is young.</summary>
    public static readonly TimeSpan Youth = TimeSpan.FromSeconds(60);

    /// <summary>A beat that is so late is asked for.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromSeconds(7);

    private static readonly TimeSpan BrakeWindow = TimeSpan.FromSeconds(10);
    private const int BrakeAtLeast = 3;
    private const double BrakeShare = 0.1;

    private readonly SortedDictionary<string, Session> byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> idBySecret = [];
    private readonly Dictionary<string, string> idByBox = [];
    private TimeSpan linkedAt = -Youth;
    private bool brokerStood;

    public IReadOnlyCollection<Session> All => byId.Values;

    public void Open(Session session)
    {
        Close(session.Id);
        byId[session.Id] = session;
        idBySecret[session.Secret] = session.Id;
        idByBox[session.Box] = session.Id;
    }

    public void Close(string id)
    {
        if (!byId.Remove(id, out var old)) return;
        idBySecret.Remove(old.Secret);
        idByBox.Remove(old.Box);
    }

    public void Put(Session changed) => byId[changed.Id] = changed;

    /// <summary>The session that a frame's envelope proves, or null.</summary>
    public Session? Find(Sender from) =>
        from.Session is { } secret && idBySecret.TryGetValue(secret, out var id)
        && byId[id] is var session && session.Box == from.Box ? session : null;

    public Session? Find(string id) => byId.GetValueOrDefault(id);

    /// <summary>The broker saw a mailbox end, or gave a frame for it back.</summary>
    /// <returns>False: nobody has it, or its owner is under suspicion already.</returns>
    public bool Suspect(string box, TimeSpan now)
    {
        if (!idByBox.TryGetValue(box, out var id)) return false;
        if (byId[id].SuspectSince is not null) return false;
        byId[id] = byId[id] with { SuspectSince = now };
        return true;
    }

    /// <summary>Those whose beat is late: an empty answer tells whether their mailbox is there.
    /// </summary>
    public IEnumerable<Session> Silent(TimeSpan now) => byId.Values
        .Where(s => s.SuspectSince is null && now - s.LastBeat > Late);

    /// <summary>The leader has a new link: who is silent may be so because the broker was away.
    /// </summary>
    public void Relink(TimeSpan now) => (linkedAt, brokerStood) = (now, false);

    /// <summary>A mailbox from before the leader's link is there: the broker stood.</summary>
    public void Meet() => brokerStood = true;

    /// <summary>Sessions taken for dead before their lease runs out: those whose process has a
    /// successor at once, others after a while. Of these none while too many went at once (then a
    /// broker's node went, not they), or while the broker itself may have been away.</summary>
    public ImmutableHashSet<string> Lost(TimeSpan now)
    {
        var suspects = byId.Values.Where(s => s.SuspectSince is not null).ToList();
        var isYoung = now - linkedAt < Youth;
        var brakes = (isYoung && !brokerStood) || Brakes(suspects);
        var patience = isYoung ? LongSuspicion : Suspicion;
        var successors = byId.Values
            .Where(s => suspects.Count > 0 && s.SuspectSince is null).ToLookup(s => s.Node);
        return [.. suspects
            .Where(s => (!brakes && now - s.SuspectSince >= patience)
                || successors[s.Node].Any(other => other.Since > s.Since))
            .Select(s => s.Id)];
    }

    private bool Brakes(List<Session> suspects)
    {
        var limit = Math.Max(BrakeAtLeast, (int)(byId.Count * BrakeShare));
        return suspects.Any(first => suspects.Count(other =>
            other.SuspectSince >= first.SuspectSince
            && other.SuspectSince - first.SuspectSince < BrakeWindow) > limit);
    }
}
