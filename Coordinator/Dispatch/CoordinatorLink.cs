using System.Text.Json;
using System.Threading.Channels;
using Mneme.Actors;
using Mneme.Messages;
using Mneme.Transport;

namespace Mneme.Coordinator.Dispatch;

/// <summary>Joins a leader's dispatcher to one link: the durable queue, acknowledged once a frame
/// is handled for good, and the mailbox for what may be lost.</summary>
public sealed class CoordinatorLink(ILink link, long leaderEpoch)
{
    private const int Window = 256;
    private static readonly TimeSpan HandleWithin = TimeSpan.FromMinutes(1);

    public string Box => link.Box;

    /// <summary>Says something, and does not wait until it is there. Of a mailbox that is gone the
    /// dispatcher hears.</summary>
    public void Say(string box, Message message, Address<DispatchMessage> dispatch) =>
        _ = Deliver(box, message, dispatch);

    public void Show(ClusterView view) =>
        _ = link.Send(Route.View, Framed(new View(view))).AsTask();

    public IAsyncDisposable Serve(Address<DispatchMessage> dispatch) =>
        link.Serve(delivery => Handle(dispatch, delivery.Frame), Window);

    /// <summary>Until the link ends or the leader's time does.</summary>
    public Task Pump(Address<DispatchMessage> dispatch, CancellationToken over) =>
        Each(link.Inbox, frame =>
        {
            if (Open(frame) is { } letter)
                dispatch.Offer(new DispatchMessage.Arrived(letter, null));
        }, over);

    /// <summary>Brings the broker's word of ended mailboxes.</summary>
    public Task PumpDepartures(Address<DispatchMessage> dispatch, CancellationToken over) =>
        Each(link.Departures, box => dispatch.Offer(new DispatchMessage.Departed(box)), over);

    // Not ReadAllAsync, which goes on in the thread pool, whatever the caller's context is.
    private static async Task Each<T>(
        ChannelReader<T> reader, Action<T> take, CancellationToken over)
    {
        try
        {
            while (await reader.WaitToReadAsync(over))
                while (!over.IsCancellationRequested && reader.TryRead(out var item)) take(item);
        }
        catch (OperationCanceledException) { }
    }

    private Frame Framed(Message message) =>
        MessageFrame.Of(message, new Sender(link.Box, LeaderEpoch: leaderEpoch));

    private async Task Deliver(string box, Message message, Address<DispatchMessage> dispatch)
    {
        var sent = await link.Send(Route.To(box), Framed(message));
        if (sent == Sent.Returned) dispatch.Offer(new DispatchMessage.Departed(box));
        else if (sent == Sent.Accepted && message is Announce)
            dispatch.Offer(new DispatchMessage.Met());
    }

    private static async ValueTask<Ack> Handle(Address<DispatchMessage> dispatch, Frame frame)
    {
        if (Open(frame) is not { } letter) return Ack.Poison;
        var answer = await dispatch.Ask<bool>(
            sink => new DispatchMessage.Arrived(letter, sink), HandleWithin);
        return answer is Answer<bool>.Ok ? Ack.Done : Ack.Return;
    }

    private static Letter? Open(Frame frame)
    {
        try { return MessageFrame.Open(frame); }
        catch (JsonException) { return null; }
    }
}
