using System.Text.Json;
using Mneme.Actors;
using Mneme.Messages;
using Mneme.Transport;

namespace Mneme.Worker;

/// <summary>Joins a worker's actor to its link. Beats and progress go to the leader's own mailbox;
/// what must not be lost goes through the durable queue.</summary>
public sealed class WorkerLink(ILink link)
{
    private volatile string? leaderBox;

    public string Box => link.Box;

    public async ValueTask Send(Message message)
    {
        var route = message is Beat or Progress && leaderBox is { } box
            ? Route.To(box)
            : Route.Coordinator;
        await link.Send(route, MessageFrame.Of(message, link.Box));
    }

    /// <summary>Brings the mailbox to the actor until the link ends. Never waits for the actor:
    /// what it has no room for is said again.</summary>
    public async Task Pump(Address<WorkerMessage> worker)
    {
        await foreach (var frame in link.Inbox.ReadAllAsync())
        {
            if (Read(frame) is not { } message) continue;
            if (message is Welcome welcome) leaderBox = welcome.LeaderBox;
            worker.Offer(new WorkerMessage.Arrived(message));
        }
    }

    private static Message? Read(Frame frame)
    {
        try { return MessageFrame.Open(frame)?.Message; }
        catch (JsonException) { return null; }
    }
}
