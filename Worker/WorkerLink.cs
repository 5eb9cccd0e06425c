using System.Text.Json;
using Mneme.Actors;
using Mneme.Messages;
using Mneme.Transport;

namespace Mneme.Worker;

/// <summary>A worker's voice: whatever link it has at the moment, the mailbox of whoever leads, and
/// the session's secret. Beats and progress go to the leader's own mailbox; what must not be lost
/// goes through the durable queue.</summary>
public sealed class WorkerLink
{
    private volatile ILink? link;
    private volatile string? leaderBox;
    private volatile string? session;
    private long leaderEpoch;

    public ValueTask Send(Message message) => Send(message, direct: message is Beat or Progress);

    /// <param name="direct">To the leader's own mailbox, where a leader is known: a coordinator
    /// that stands still may hold what is in the queue.</param>
    public async ValueTask Send(Message message, bool direct)
    {
        if (link is not { } current) return;
        if (message is Beat or Progress && leaderBox is null) return;
        var route = direct && leaderBox is { } box ? Route.To(box) : Route.Coordinator;
        var from = new Sender(current.Box, session, Interlocked.Read(ref leaderEpoch));
        var sent = current.Send(route, MessageFrame.Of(message, from));
        // The broker's word would hold up every other cohort, and is not needed: what matters is
        // said again. Only a process that ends must know that its last words are out.
        if (message is Bye or Draining or Release or Hello) await sent;
        else _ = sent.AsTask();
    }

    /// <summary>Speaks over this link, and brings its mailbox to the actor, until it ends. Never
    /// waits for the actor: what it has no room for is said again.</summary>
    public async Task Use(ILink fresh, Address<WorkerMessage> worker)
    {
        (session, leaderBox) = (null, null);
        link = fresh;
        worker.Offer(new WorkerMessage.Linked(fresh.Box));
        while (await fresh.Inbox.WaitToReadAsync())
            while (fresh.Inbox.TryRead(out var frame))
                if (Read(frame) is { } message)
                    worker.Offer(new WorkerMessage.Arrived(message));
        link = null;
        worker.Offer(new WorkerMessage.Unlinked());
    }

    // A coordinator that was deposed and does not know it yet speaks under a lower epoch.
    private Message? Read(Frame frame)
    {
        try
        {
            if (MessageFrame.Open(frame) is not { } letter) return null;
            var epoch = letter.From.LeaderEpoch ?? 0;
            if (epoch < Interlocked.Read(ref leaderEpoch)) return null;
            Interlocked.Exchange(ref leaderEpoch, epoch);
            if (letter.Message is Announce announce)
                (leaderBox, session) = (announce.LeaderBox, null);
            if (letter.Message is Welcome welcome)
                (leaderBox, session) = (welcome.LeaderBox, welcome.Session);
            return letter.Message;
        }
        catch (JsonException) { return null; }
    }
}
