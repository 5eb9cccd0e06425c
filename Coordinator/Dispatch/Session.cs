using System.Collections.Immutable;
using Mneme.Journal;
using Mneme.Messages;

namespace Mneme.Coordinator.Dispatch;

/// <summary>One incarnation of a worker, as the leader knows it.</summary>
/// <param name="Id">Public name: <c>node.incarnation</c>.</param>
/// <param name="Secret">What its frames must carry; told to nobody else, written nowhere.</param>
/// <param name="Box">Its present mailbox.</param>
public sealed record Session(
    string Id, string Secret, string Node, string Box, int Slots, string Device, string Numerics)
{
    public static readonly ImmutableDictionary<(SegmentId Segment, long Epoch), TimeSpan> None =
        ImmutableDictionary<(SegmentId Segment, long Epoch), TimeSpan>.Empty;

    private static readonly TimeSpan Unseen = TimeSpan.FromSeconds(30);

    /// <summary>As an earlier leader left it: it gets nothing before it says Hello, and is missed
    /// when its mailbox is gone.</summary>
    public static Session Unheard(SessionRow row, string secret, TimeSpan now) =>
        new(row.Id, secret, row.Node, row.Box, row.Slots, Device: "", row.Numerics)
        {
            LastBeat = now, Since = now,
        };

    /// <summary>Whether it takes no more work.</summary>
    public bool Draining { get; init; }

    /// <summary>Number of the newest beat.</summary>
    public long Sequence { get; init; }

    /// <summary>Slots that the newest beat offered, less what was granted since.</summary>
    public int Free { get; init; }

    public ImmutableArray<Held> Held { get; init; } = [];

    /// <summary>Granted, by time, and not yet seen in a beat: they take slots that the beat calls
    /// free.</summary>
    public ImmutableDictionary<(SegmentId Segment, long Epoch), TimeSpan> Unconfirmed { get; init; }
        = None;

    /// <summary>When this leader first knew of it.</summary>
    public TimeSpan Since { get; init; }

    public TimeSpan LastBeat { get; init; }
    public TimeSpan PoolDelay { get; init; }

    /// <summary>Since when its mailbox is gone, or null.</summary>
    public TimeSpan? SuspectSince { get; init; }

    public SessionRow Row => new(Id, Node, Box, Slots, Numerics);

    public int Credit => Draining || SuspectSince is not null ? 0 : Math.Max(0, Free);

    /// <summary>A beat may have left before the last grants arrived. A grant that is not seen for
    /// long was dropped meanwhile.</summary>
    public Session After(Beat beat, TimeSpan now)
    {
        var unconfirmed = Unconfirmed
            .RemoveRange(beat.Held.Select(h => (h.Segment, h.Epoch)))
            .RemoveRange(Unconfirmed.Where(g => now - g.Value > Unseen).Select(g => g.Key));
        return this with
        {
            Sequence = beat.Sequence, Held = beat.Held, PoolDelay = beat.PoolDelay,
            LastBeat = now, SuspectSince = null, Unconfirmed = unconfirmed,
            Free = Math.Min(beat.Free, Slots) - unconfirmed.Count,
        };
    }

    public Session Granted(
        ImmutableArray<(SegmentId Segment, long Epoch)> grants, TimeSpan now) => this with
    {
        Free = Free - grants.Length,
        Unconfirmed = Unconfirmed.SetItems(grants.Select(g => KeyValuePair.Create(g, now))),
    };

    public WorkerView Seen(TimeSpan now) => new(
        Node, Id[(Node.Length + 1)..],
        SuspectSince is not null ? "suspect" : Draining ? "draining" : "live", Slots, Free, Device,
        Numerics, now - LastBeat, PoolDelay,
        [.. Held.Select(h => new HeldView(
            h.Segment.Experiment, h.Segment.Index, h.Epoch, h.Step))]);

    public static string IdOf(Hello hello) => $"{hello.Node}.{hello.Incarnation}";
}
