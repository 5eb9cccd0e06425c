using System.Collections.Immutable;
using Mneme.Messages;

namespace Mneme.Coordinator.Dispatch;

/// <summary>Every session of a leader's time, and what its silence means. No clock, no wire: time
/// comes in with each call, as what has passed on a monotonic clock.</summary>
public sealed class SessionBook
{
    /// <summary>After a sign that a mailbox is gone: time to come back with a new one.</summary>
    public static readonly TimeSpan Suspicion = TimeSpan.FromSeconds(5);

    /// <summary>A beat that is so late is asked for.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromSeconds(7);

    private static readonly TimeSpan BrakeWindow = TimeSpan.FromSeconds(10);
    private const int BrakeAtLeast = 3;
    private const double BrakeShare = 0.1;

    private readonly SortedDictionary<string, Session> byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> idBySecret = [];
    private readonly Dictionary<string, string> idByBox = [];

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
    public void Suspect(string box, TimeSpan now)
    {
        if (idByBox.TryGetValue(box, out var id) && byId[id].SuspectSince is null)
            byId[id] = byId[id] with { SuspectSince = now };
    }

    /// <summary>Those whose beat is late: an empty answer tells whether their mailbox is there.
    /// </summary>
    public IEnumerable<Session> Silent(TimeSpan now) => byId.Values
        .Where(s => s.SuspectSince is null && now - s.LastBeat > Late);

    /// <summary>Sessions taken for dead before their lease runs out. None while too many went at
    /// once (then a broker's node went, not they), or soon after the leader's own link came.
    /// </summary>
    public ImmutableHashSet<string> Lost(TimeSpan now, bool linkIsYoung)
    {
        var suspects = byId.Values.Where(s => s.SuspectSince is not null).ToList();
        if (linkIsYoung || Brakes(suspects)) return [];
        return [.. suspects.Where(s => now - s.SuspectSince >= Suspicion).Select(s => s.Id)];
    }

    private bool Brakes(List<Session> suspects)
    {
        var limit = Math.Max(BrakeAtLeast, (int)(byId.Count * BrakeShare));
        return suspects.Any(first => suspects.Count(other =>
            other.SuspectSince >= first.SuspectSince
            && other.SuspectSince - first.SuspectSince < BrakeWindow) > limit);
    }
}
