using System.Collections.Immutable;
using Mneme.Actors;
using Mneme.Coordinator.Experiments;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Telemetry;

namespace Mneme.Coordinator.Dispatch;

/// <summary>Knows the sessions, judges their silence, offers their free slots to the experiments,
/// and brings what workers say to the experiment it is about.</summary>
public sealed class DispatchActor : Actor<DispatchMessage>
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(25);
    public static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(5);

    /// <summary>What a leader gives every live session when it takes over or finds its link again.
    /// </summary>
    public static readonly TimeSpan Indulgence = SessionBook.Youth;

    /// <summary>A thousand workers and the experiments' answers to them at once: an answer that
    /// finds no room is lost, and the slots that it is about stay empty.</summary>
    public static readonly Box Room = Box.Bounded(20_000);

    private readonly DispatchSurroundings outside;
    private readonly HostedActors experiments = new();
    private readonly SessionBook book = new();
    private readonly List<DispatchMessage.Judged> joining = [];
    private readonly HashSet<string> beating = [], drained = [], down = [];
    private readonly SlotOffers offers;
    private ImmutableHashSet<string> live = [];
    private CoordinatorLink? link;
    private bool draining;

    public DispatchActor(DispatchSurroundings outside) =>
        (this.outside, offers) = (outside, new SlotOffers(experiments.Open));

    protected override async ValueTask Started()
    {
        Here.Every("tick", TimeSpan.FromSeconds(1), new DispatchMessage.Tick());
        live = [.. (await outside.Journal.LiveSessions()).Select(row => row.Id)];
    }

    protected override async ValueTask Receive(DispatchMessage message)
    {
        switch (message)
        {
            case DispatchMessage.Arrived arrived: await Arrive(arrived); break;
            case DispatchMessage.Judged judged: joining.Add(judged); break;
            case DispatchMessage.Took took: Note(took); break;
            case DispatchMessage.Tick: await Tick(); break;
            case DispatchMessage.Linked linked: await Announce(linked.Link); break;
            case DispatchMessage.Departed departed: Suspect(departed.Box); break;
            case DispatchMessage.Met: book.Meet(); break;
            case DispatchMessage.Host host: experiments.Host(host.Experiment, host.Actor); break;
            case DispatchMessage.Over ended: experiments.Over(ended.Experiment); break;
            case DispatchMessage.Say say when book.Find(say.Session) is { } told:
                Say(told.Box, say.Message);
                break;
            case DispatchMessage.SayAll say:
                foreach (var session in book.All) Say(session.Box, say.Message);
                break;
            case DispatchMessage.Drain drain: Drain(drain.Node); break;
            case DispatchMessage.Undrain order: Undrain(order.Node); break;
            case DispatchMessage.Down order: await TakeDown(order.Node); break;
            case DispatchMessage.Look look:
                look.Answer.Ok([.. book.All.Select(session => session.Seen(Now))]);
                break;
        }
    }

    private TimeSpan Now => Here.Clock.GetElapsedTime(0);       // wall clocks jump

    private void Say(string box, Message message) => link?.Say(box, message, Here.Self);

    // --- what workers say ---

    private async ValueTask Arrive(DispatchMessage.Arrived arrived)
    {
        var (message, from) = (arrived.Letter.Message, arrived.Letter.From);
        if (message is Hello hello)
        {
            Judge(hello, from, arrived.Handled);
            return;
        }
        if (book.Find(from) is not { } session)
            Say(from.Box, new Refuse(
                Refuse.Stale, "this coordinator does not know the session: say hello"));
        else if (Route(message, session, arrived.Handled)) return;  // the experiment answers
        else if (message is Beat beat) Take(beat, session);
        else if (message is Progress progress) experiments.Pass(progress);
        else if (message is Draining) book.Put(session with { Draining = true });
        else if (message is Bye) await Leave(session);
        arrived.Handled?.Ok(true);
    }

    private bool Route(Message message, Session session, Sink<bool>? handled) => message switch
    {
        Commit commit => Tell(session, commit.Segment, commit.Epoch,
            new ExperimentMessage.Commits(session, commit, handled)
            {
                Live = MayStay(session, commit.Segment.Experiment) ? live : null,
            }),
        Failed failed => Tell(session, failed.Segment, failed.Epoch, new ExperimentMessage.Returns(
            session, failed.Segment, failed.Epoch, failed.Cause, failed.Text,
            Counted: failed.Cause != "storage", handled)),
        Release release => Tell(session, release.Segment, release.Epoch,
            new ExperimentMessage.Returns(
                session, release.Segment, release.Epoch, release.Reason, "", Counted: false,
                handled)),
        _ => false,
    };

    // A slot goes from one experiment to the next as long as there are several.
    private bool MayStay(Session session, string experiment) =>
        !session.Draining && session.SuspectSince is null && live.Contains(session.Id)
        && experiments.IsAlone(experiment);

    // A full mailbox refuses; the worker says it again. Of an experiment that nobody hosts, nothing
    // is open any more.
    private bool Tell(Session session, SegmentId segment, long epoch, ExperimentMessage message)
    {
        book.Put(session with { Unconfirmed = session.Unconfirmed.Remove((segment, epoch)) });
        if (experiments.All.TryGetValue(segment.Experiment, out var actor))
            return actor.Offer(message);
        Say(session.Box, new CommitReply(segment, epoch, CommitOutcome.Fenced, null));
        return false;
    }

    // --- sessions ---

    private void Judge(Hello hello, Sender from, Sink<bool>? handled)
    {
        var refusal = down.Contains(hello.Node)
            ? new Refusal("node_down", $"node {hello.Node} was taken down by an operator; "
                + "'cluster undrain' lets it join again")
            : outside.Admit(hello);
        if (refusal is not null)
        {
            Here.Log.Warning($"refused {hello.Node}: {refusal.Reason}: {refusal.Text}");
            Say(from.Box, new Refuse(refusal.Reason, refusal.Text));
            handled?.Ok(true);
            return;
        }
        Here.Later(
            Verdicts.Of(hello, experiments.All),
            verdicts => new DispatchMessage.Judged(hello, from, verdicts, handled),
            _ => new DispatchMessage.Judged(hello, from, [], handled));
    }

    // When a broker comes back, everybody does: one transaction for those of a turn. Who was taken
    // down meanwhile is not answered, and refused the next time.
    protected override async ValueTask Settle()
    {
        var joined = joining.Where(judged => !down.Contains(judged.Hello.Node))
            .Select(judged => (judged, session: Opened(judged))).ToList();
        joining.Clear();
        if (joined.Count == 0) return;
        var rows = joined.GroupBy(one => one.session.Id, one => one.session.Row)
            .Select(same => same.Last()).ToList();
        if (!await outside.Journal.OpenSessions(outside.LeaderEpoch, rows, Lease))
        {
            outside.Deposed();
            return;
        }
        foreach (var (judged, session) in joined) Welcome(session, judged);
        await Close(book.Lost(Now));      // those whom they succeed
    }

    private Session Opened(DispatchMessage.Judged judged)
    {
        var (hello, known) = (judged.Hello, book.Find(Session.IdOf(judged.Hello)));
        var isNew = known?.Box != judged.From.Box;
        return new Session(
            Session.IdOf(hello), isNew ? outside.NewSecret() : known!.Secret, hello.Node,
            judged.From.Box, hello.Slots, hello.Device, hello.Numerics)
        {
            Held = hello.Held, LastBeat = Now, Since = Now,
            Draining = draining || drained.Contains(hello.Node),
            Unconfirmed = known?.Unconfirmed ?? Session.None,
        };
    }

    private void Welcome(Session session, DispatchMessage.Judged judged)
    {
        if (book.Find(session.Id)?.Box != session.Box)
            Here.Log.Info($"{session.Id} joined with {session.Slots} slots on {session.Device}");
        book.Open(session);
        live = live.Add(session.Id);
        offers.Forget(session.Id);
        Say(session.Box, new Welcome(
            session.Secret, Lease, BeatEvery, link?.Box ?? "", outside.BlobUrl, judged.Verdicts));
        judged.Handled?.Ok(true);
    }

    private void Take(Beat beat, Session session)
    {
        if (beat.Sequence <= session.Sequence) return;
        session = session.After(beat, Now);
        book.Put(session);
        beating.Add(session.Id);
        Say(session.Box, new BeatAck(beat.Sequence));
        // It may have come after the order, or the order was lost.
        if (session.Draining && beat.Free > 0) Say(session.Box, new Control("drain"));
        foreach (var actor in experiments.Concerned(beat))
            actor.Offer(new ExperimentMessage.Holds(session));
        offers.Begin(session, live);
    }

    private void Note(DispatchMessage.Took took)
    {
        if (book.Find(took.Session) is not { } session) return;
        session = session.Granted(took.Granted, Now);
        book.Put(session);
        offers.GoOn(session, live);
    }

    private async ValueTask Leave(Session session)
    {
        book.Close(session.Id);
        offers.Forget(session.Id);
        live = live.Remove(session.Id);
        await outside.Journal.CloseSession(outside.LeaderEpoch, session.Id);
    }

    // --- time ---

    // Judged when its time is up: the next tick may be a second later.
    private void Suspect(string box)
    {
        if (book.Suspect(box, Now))
            Here.After($"judge-{box}", SessionBook.Suspicion, new DispatchMessage.Tick());
    }

    private async ValueTask Tick()
    {
        if (beating.Count > 0
            && !await outside.Journal.Renew(outside.LeaderEpoch, beating, Lease))
            outside.Deposed();
        Instruments.LeasesRenewed(beating.Count);
        Instruments.LiveSessions(book.All.Count);
        beating.Clear();
        foreach (var silent in book.Silent(Now)) Say(silent.Box, new BeatAck(0));
        await Close(book.Lost(Now));
        live = [.. (await outside.Journal.LiveSessions()).Select(row => row.Id)];
        await Close([.. book.All.Select(s => s.Id).Where(id => !live.Contains(id))]);
        foreach (var session in book.All.ToList()) offers.Begin(session, live);
    }

    // They may come back with a Hello; until then nothing they say counts.
    private async ValueTask Close(IReadOnlyCollection<string> silent)
    {
        foreach (var id in silent)
        {
            Here.Log.Warning($"{id} is silent: what it held goes to others");
            await Leave(book.Find(id)!);
        }
    }

    // --- the leader's own mailbox, and orders ---

    private async ValueTask Announce(CoordinatorLink fresh)
    {
        link = fresh;
        book.Relink(Now);
        if (!await outside.Journal.ExtendSessions(outside.LeaderEpoch, Indulgence))
            outside.Deposed();
        else foreach (var row in await outside.Journal.LiveSessions()) Announce(row, fresh.Box);
    }

    private void Announce(SessionRow row, string box)
    {
        if (book.Find(row.Id) is null) book.Open(Session.Unheard(row, outside.NewSecret(), Now));
        Say(row.Box, new Announce(box));
    }

    private void Drain(string? node)
    {
        if (node is null) draining = true;
        else drained.Add(node);
        foreach (var session in book.All.Where(s => node is null || s.Node == node).ToList())
        {
            book.Put(session with { Draining = true });
            Say(session.Box, new Control("drain"));
        }
    }

    private bool Undrain(string node) => drained.Remove(node) | down.Remove(node);

    private async ValueTask TakeDown(string node)
    {
        down.Add(node);
        foreach (var session in book.All.Where(s => s.Node == node).ToList())
        {
            Say(session.Box, new Refuse("node_down", $"node {node} was taken down"));
            await Leave(session);
        }
    }
}
