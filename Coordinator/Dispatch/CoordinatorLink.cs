using System.Text.Json;
using Mneme.Actors;
using Mneme.Messages;
using Mneme.Transport;

namespace Mneme.Coordinator.Dispatch;

/// <summary>Joins the dispatcher to its link: the durable queue, acknowledged once a frame is
/// handled for good, and the mailbox for what may be lost.</summary>
public sealed class CoordinatorLink(ILink link)
{
    private const int Window = 256;
    private static readonly TimeSpan HandleWithin = TimeSpan.FromMinutes(1);

    public string Box => link.Box;

    public async ValueTask Send(string box, Message message) =>
        await link.Send(Route.To(box), MessageFrame.Of(message, link.Box));

    public IAsyncDisposable Serve(Address<DispatchMessage> dispatch) =>
        link.Serve(delivery => Handle(dispatch, delivery.Frame), Window);

    public async Task Pump(Address<DispatchMessage> dispatch)
    {
        await foreach (var frame in link.Inbox.ReadAllAsync())
            if (Open(frame) is { } letter)
                dispatch.Offer(new DispatchMessage.Arrived(letter.Message, letter.Box, null));
    }

    private static async ValueTask<Ack> Handle(Address<DispatchMessage> dispatch, Frame frame)
    {
        if (Open(frame) is not { } letter) return Ack.Poison;
        var answer = await dispatch.Ask<bool>(
            sink => new DispatchMessage.Arrived(letter.Message, letter.Box, sink), HandleWithin);
        return answer is Answer<bool>.Ok ? Ack.Done : Ack.Return;
    }

    private static Letter? Open(Frame frame)
    {
        try { return MessageFrame.Open(frame); }
        catch (JsonException) { return null; }
    }
}
