using System.Collections.Immutable;
using System.Threading.Channels;

namespace Mneme.Transport;

/// <summary>What became of a frame, as far as its sender can know.</summary>
public enum Sent
{
    /// <summary>
    /// The broker has it. A durable queue keeps it; a mailbox may lose it with its link.
    /// </summary>
    Accepted,

    /// <summary>There is no such mailbox: proof that its link has ended.</summary>
    Returned,

    /// <summary>The frame is too large, or the queue full.</summary>
    Refused,

    /// <summary>No answer: it may have arrived. Send it again with the same key.</summary>
    Unknown,
}

/// <summary>Where a frame goes.</summary>
public abstract record Route
{
    private Route() { }

    /// <summary>The durable queue that one serving coordinator reads.</summary>
    public static Route Coordinator { get; } = new Queue();

    /// <summary>Everyone who listens to the leader's view of the cluster.</summary>
    public static Route View { get; } = new Fanout();

    public static Route To(string box) => new Mailbox(box);

    public sealed record Queue : Route;

    public sealed record Fanout : Route;

    public sealed record Mailbox(string Box) : Route;
}

/// <summary>
/// Bytes with a few words on the envelope. What they mean is Shared/Messages' affair.
/// </summary>
public sealed class Frame(
    ReadOnlyMemory<byte> body, ImmutableSortedDictionary<string, string>? headers = null)
{
    public const int LimitBytes = 256 * 1024;

    public ReadOnlyMemory<byte> Body => body;

    public ImmutableSortedDictionary<string, string> Headers { get; } =
        headers ?? ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>
    /// What counts against the limit: one byte a letter for headers, which are ASCII.
    /// </summary>
    public int Bytes => Body.Length + Headers.Sum(pair => pair.Key.Length + pair.Value.Length);
}

/// <summary>A frame from the durable queue; it comes again until it is acknowledged.</summary>
/// <param name="Frame">The bytes.</param>
/// <param name="Redelivered">Somebody may have handled it, wholly or in part.</param>
public sealed record Delivery(Frame Frame, bool Redelivered);

public enum Ack
{
    /// <summary>Handled durably: never deliver it again.</summary>
    Done,

    /// <summary>Not handled: back to the head of the queue.</summary>
    Return,

    /// <summary>It can never be handled: to the dead letters.</summary>
    Poison,
}

/// <summary>Why a link ended. A link never comes back; a new one has a new mailbox.</summary>
public sealed record LinkDown(LinkEnd End, string Text);

public enum LinkEnd { Closed, Lost }

/// <summary>Who connects.</summary>
/// <param name="NodeId">The machine's or process's lasting name.</param>
/// <param name="Incarnation">The random id of one process life.</param>
/// <param name="HearsView">Frames to <see cref="Route.View"/> come to the mailbox as well.</param>
public sealed record Caller(string NodeId, string Incarnation, bool HearsView = false);

/// <summary>A broker that cannot be reached now: try again later.</summary>
public sealed class TransportUnavailable(string why, Exception? inner = null)
    : Exception(why, inner);

/// <summary>A way to the broker.</summary>
public interface ITransport
{
    /// <exception cref="TransportUnavailable"/>
    Task<ILink> Connect(Caller caller, CancellationToken cancel = default);
}

/// <summary>One connection is one link is one mailbox.</summary>
public interface ILink : IAsyncDisposable
{
    string Box { get; }

    /// <summary>Never throws for the transport's reasons; a send is never cancelled.</summary>
    ValueTask<Sent> Send(Route to, Frame frame);

    /// <summary>The mailbox; a frame is acknowledged on receipt and comes at most once.</summary>
    ChannelReader<Frame> Inbox { get; }

    /// <summary>
    /// Serves the durable queue. One server at a time receives, the others wait in line.
    /// Deliveries begin in order; up to <paramref name="window"/> of them are open at once.
    /// Disposing ends the service: what is not acknowledged returns to the queue.
    /// </summary>
    IAsyncDisposable Serve(Func<Delivery, ValueTask<Ack>> handle, int window);

    /// <summary>Completes exactly once.</summary>
    Task<LinkDown> Down { get; }

    /// <summary>Mailboxes whose links the broker saw ending, soon after it did. Only a hint: a
    /// broker may tell none. Whoever does not read misses the oldest.</summary>
    ChannelReader<string> Departures { get; }
}
