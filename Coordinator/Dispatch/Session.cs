using System.Collections.Immutable;
using Mneme.Messages;

namespace Mneme.Coordinator.Dispatch;

/// <summary>One incarnation of a worker, as the leader knows it.</summary>
/// <param name="Id">Public name: <c>node.incarnation</c>.</param>
/// <param name="Secret">What its frames must carry; told to nobody else, written nowhere.</param>
/// <param name="Box">Its present mailbox.</param>
public sealed record Session(
    string Id, string Secret, string Node, string Box, int Slots, string Device, string Numerics)
{
    /// <summary>Whether it takes no more work.</summary>
    public bool Draining { get; init; }

    /// <summary>Number of the newest beat.</summary>
    public long Sequence { get; init; }

    /// <summary>Slots that the newest beat offered.</summary>
    public int Free { get; init; }

    public ImmutableArray<Held> Held { get; init; } = [];

    /// <summary>Granted, and not yet seen in a beat: they take slots that the beat calls free.
    /// </summary>
    public ImmutableHashSet<(SegmentId Segment, long Epoch)> Unconfirmed { get; init; } = [];

    public DateTimeOffset LastBeat { get; init; }
    public TimeSpan PoolDelay { get; init; }

    /// <summary>Since when its mailbox is gone, or null.</summary>
    public DateTimeOffset? SuspectSince { get; init; }

    public int Credit => Draining || SuspectSince is not null
        ? 0
        : Math.Max(0, Math.Min(Free, Slots) - Unconfirmed.Count);

    public Session After(Beat beat, DateTimeOffset now) => this with
    {
        Sequence = beat.Sequence, Free = beat.Free, Held = beat.Held, PoolDelay = beat.PoolDelay,
        LastBeat = now, SuspectSince = null,
        Unconfirmed = Unconfirmed.Except(beat.Held.Select(h => (h.Segment, h.Epoch))),
    };
}
