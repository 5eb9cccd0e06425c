using System.Collections.Immutable;

namespace Mneme.Messages;

/// <summary>Whether a message that came from outside has all its parts: the reader fills what is
/// missing with nothing, and nobody after this looks for that.</summary>
internal static class MessageCheck
{
    public static bool IsWhole(Message message) => message switch
    {
        Hello m => Has(m.Node, m.Incarnation, m.Box) && m.Protocol != MessageCodec.Protocol
            || Has(m.Node, m.Incarnation, m.Box, m.Device, m.Numerics, m.Catalogue)
                && Are(m.Held, IsWhole),
        Welcome m => Has(m.Session, m.LeaderBox) && Are(m.Verdicts, v => Has(v.Segment.Experiment)),
        Refuse m => Has(m.Reason, m.Text),
        Announce m => Has(m.LeaderBox),
        Beat m => Are(m.Held, IsWhole),
        Assign m => IsOf(m.Segment) && Has(m.Key, m.Family, m.Device)
            && Are(m.Parents, parent => Has(parent)) && Are(m.Lanes, lane => lane is not null)
            && !m.Borders.IsDefault && !m.PointsAt.IsDefault && !m.Common.IsDefault
            && !m.Saves.IsDefault,
        Progress m => IsOf(m.Segment),
        Commit m => IsOf(m.Segment) && Has(m.Checkpoint) && Are(m.Lanes, IsWhole),
        CommitReply m => IsOf(m.Segment) && (m.Next is null || IsWhole(m.Next)),
        Failed m => IsOf(m.Segment) && Has(m.Cause, m.Text),
        Release m => IsOf(m.Segment) && Has(m.Reason),
        Control m => Has(m.Verb),
        _ => true,      // no parts, or none that anything is decided by
    };

    private static bool IsWhole(Held held) => held is not null && IsOf(held.Segment);

    private static bool IsWhole(LaneResult lane) =>
        lane is { Chain: not null, Points: { Steps: not null, Values: not null } };

    private static bool IsOf(SegmentId segment) => Has(segment.Experiment);

    private static bool Has(params ReadOnlySpan<string?> parts)
    {
        foreach (var part in parts) if (part is null) return false;
        return true;
    }

    private static bool Are<T>(ImmutableArray<T> parts, Func<T, bool> whole) =>
        !parts.IsDefault && parts.All(whole);
}
