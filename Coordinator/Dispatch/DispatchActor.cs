using Mneme.Actors;
using Mneme.Coordinator.Experiments;
using Mneme.Journal;
using Mneme.Messages;

namespace Mneme.Coordinator.Dispatch;

/// <summary>What is said to the dispatcher.</summary>
public abstract record DispatchMessage
{
    private DispatchMessage() { }

    /// <summary>A message from a worker.</summary>
    /// <param name="Handled">Answered when the transport may forget the message; null: it has
    /// already.</param>
    public sealed record Arrived(
        Message Message, string Box, Sink<bool>? Handled) : DispatchMessage;

    public sealed record Host(
        string Experiment, Address<ExperimentMessage> Actor) : DispatchMessage;

    /// <summary>Time to renew the leases of the sessions that beat.</summary>
    public sealed record Tick : DispatchMessage;

    /// <summary>Every worker stops at its next step and gets nothing more.</summary>
    public sealed record Drain : DispatchMessage;
}

/// <summary>Knows the sessions and brings what workers say to the experiment it is about.</summary>
public sealed class DispatchActor(
    IJournal journal, long leaderEpoch, string box, Func<string, Message, ValueTask> send)
    : Actor<DispatchMessage>
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, Address<ExperimentMessage>> experiments = [];
    private readonly Dictionary<string, Session> sessions = [];     // by mailbox
    private readonly HashSet<string> beating = [];
    private bool draining;
    private int turn;

    protected override ValueTask Started()
    {
        Here.Every("tick", TimeSpan.FromSeconds(1), new DispatchMessage.Tick());
        return default;
    }

    protected override async ValueTask Receive(DispatchMessage message)
    {
        switch (message)
        {
            case DispatchMessage.Host host: experiments[host.Experiment] = host.Actor; break;
            case DispatchMessage.Tick: await Renew(); break;
            case DispatchMessage.Drain: await Drain(); break;
            case DispatchMessage.Arrived arrived: await Arrive(arrived); break;
        }
    }

    private async ValueTask Arrive(DispatchMessage.Arrived arrived)
    {
        if (arrived.Message is Hello hello) await Welcome(hello);
        else if (!sessions.TryGetValue(arrived.Box, out var session))
            await send(arrived.Box, new Refuse(
                "stale", "this coordinator does not know the session: say hello"));
        else if (Route(arrived, session)) return;       // the experiment answers the sink
        else if (arrived.Message is Beat beat) await Beat(beat, session);
        else if (arrived.Message is Progress progress)
            Tell(progress.Segment,
                new ExperimentMessage.Progressed(progress.Segment, progress.Step));
        else if (arrived.Message is Bye) await Leave(session);
        arrived.Handled?.Ok(true);
    }

    private bool Route(DispatchMessage.Arrived arrived, Session session) => arrived.Message switch
    {
        Commit commit => Tell(commit.Segment,
            new ExperimentMessage.Commits(session, commit, arrived.Handled)),
        Failed failed => Tell(failed.Segment, new ExperimentMessage.Returns(
            session, failed.Segment, failed.Epoch, failed.Cause, failed.Text,
            Counted: failed.Cause != "storage",
            arrived.Handled)),
        Release release => Tell(release.Segment, new ExperimentMessage.Returns(
            session, release.Segment, release.Epoch, release.Reason, "", Counted: false,
            arrived.Handled)),
        _ => false,
    };

    // A full mailbox refuses; the worker says it again.
    private bool Tell(SegmentId segment, ExperimentMessage message) =>
        experiments.TryGetValue(segment.Experiment, out var actor) && actor.Offer(message);

    private async ValueTask Welcome(Hello hello)
    {
        if (hello.Protocol != MessageCodec.Protocol)
        {
            await send(hello.Box, new Refuse("proto",
                $"this coordinator speaks version {MessageCodec.Protocol}, "
                + $"the worker {hello.Protocol}"));
            return;
        }
        var session = new Session($"{hello.Node}.{hello.Incarnation}", hello.Box, draining);
        await journal.OpenSession(
            leaderEpoch,
            new SessionRow(session.Id, hello.Node, hello.Box, hello.Slots, hello.Numerics), Lease);
        sessions[hello.Box] = session;
        await send(hello.Box, new Welcome(
            session.Id, Lease, BeatEvery, box, BlobUrl: null, []));
    }

    private async ValueTask Beat(Beat beat, Session session)
    {
        beating.Add(session.Id);
        await send(session.Box, new BeatAck(beat.Sequence));
        if (session.Draining)
        {
            // It may have come after the order, or the order was lost.
            await send(session.Box, new Control("drain"));
            return;
        }
        var live = (await journal.LiveSessions()).Select(row => row.Id).ToHashSet();
        // A free slot is offered once: the experiments take turns, or two would grant the same one.
        turn = (turn + 1) % Math.Max(1, experiments.Count);
        foreach (var ((name, actor), place) in experiments.Select((hosted, i) => (hosted, i)))
            actor.Offer(new ExperimentMessage.Credit(
                session, place == turn ? beat.Free : 0,
                [.. beat.Held.Where(h => h.Segment.Experiment == name)], live));
    }

    private async ValueTask Renew()
    {
        if (beating.Count == 0) return;
        await journal.Renew(leaderEpoch, beating, Lease);
        beating.Clear();
    }

    private async ValueTask Drain()
    {
        draining = true;
        foreach (var session in sessions.Values.ToList())
        {
            sessions[session.Box] = session with { Draining = true };
            await send(session.Box, new Control("drain"));
        }
    }

    private async ValueTask Leave(Session session)
    {
        sessions.Remove(session.Box);
        await journal.CloseSession(leaderEpoch, session.Id);
    }
}
