using Mneme.Actors;
using Mneme.Blobs;
using Mneme.Messages;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker;

/// <summary>What is said to a worker's actor.</summary>
public abstract record WorkerMessage
{
    private WorkerMessage() { }

    /// <summary>From the coordinator.</summary>
    public sealed record Arrived(Message Message) : WorkerMessage;

    /// <summary>A cohort has something for the coordinator.</summary>
    public sealed record Say(Message Message) : WorkerMessage;

    public sealed record Tick : WorkerMessage;
}

/// <param name="Send">Says something to the coordinator; it may get lost.</param>
/// <param name="Gone">Called once, when a drained worker has nothing left.</param>
public sealed record WorkerSurroundings(
    string Node, string Incarnation, string Box, int Slots, string Numerics, IBlobStore Blobs,
    Func<Message, ValueTask> Send, Action Gone);

/// <summary>One worker process: its slots, what runs in them, and its session with the
/// coordinator.</summary>
public sealed class WorkerActor(WorkerSurroundings outside) : Actor<WorkerMessage>
{
    // By name of the cohort's actor.
    private readonly Dictionary<string, Running> running = [];
    private readonly HashSet<(SegmentId, long)> seen = [];
    private readonly Dictionary<(SegmentId, long), Message> unanswered = [];
    private string? session;
    private long sequence;
    private bool draining;

    protected override async ValueTask Started()
    {
        Here.Every("tick", TimeSpan.FromSeconds(5), new WorkerMessage.Tick());
        await Hello();
    }

    protected override async ValueTask Receive(WorkerMessage message)
    {
        switch (message)
        {
            case WorkerMessage.Arrived arrived: await Arrive(arrived.Message); break;
            case WorkerMessage.Say say: await Say(say.Message); break;
            case WorkerMessage.Tick: await Tick(); break;
        }
    }

    protected override async ValueTask Notice(Signal signal)
    {
        if (signal is Signal.ChildFailed failed && running.TryGetValue(failed.Name, out var broken))
            await Say(new Failed(
                broken.Segment, broken.Epoch,
                Failures.CauseOf(failed.Error), Failures.TextOf(failed.Error)));
        if (signal is Signal.ChildStopped { Name: var name })
        {
            running.Remove(name);
            await Idle();
        }
        else if (signal is Signal.ChildFailed { Name: var dead }) running.Remove(dead);
    }

    private async ValueTask Arrive(Message message)
    {
        switch (message)
        {
            case Welcome welcome:
                session = welcome.Session;
                await Beat();
                break;
            case Refuse { Reason: "stale" }: await Hello(); break;
            case Refuse refuse:
                throw new InvalidOperationException($"the coordinator refuses: {refuse.Text}");
            case Assign assign: Begin(assign); break;
            case CommitReply reply: await Answered(reply); break;
            case Control { Verb: "drain" }: await Drain(); break;
        }
    }

    private void Begin(Assign assign)
    {
        if (draining || !seen.Add((assign.Segment, assign.Epoch))) return;
        var name = $"cohort-{assign.Segment.Experiment}-{assign.Segment.Index}-{assign.Epoch}";
        var family = Catalog.Find(assign.Family);
        var cohort = Here.Spawn<CohortMessage>(
            name, () => new CohortActor(family, outside.Blobs, Here.Self), Supervision.Stop);
        running[name] = new Running(cohort, assign.Segment, assign.Epoch, assign.FromStep, null);
        cohort.Offer(new CohortMessage.Begin(assign));
    }

    private async ValueTask Answered(CommitReply reply)
    {
        unanswered.Remove((reply.Segment, reply.Epoch));
        if (reply.Outcome == CommitOutcome.NeedBlob)
            await Say(new Failed(
                reply.Segment, reply.Epoch, "storage",
                "the coordinator does not find the checkpoint"));
        var (name, cohort) = running.FirstOrDefault(
            r => r.Value.Segment == reply.Segment && r.Value.Epoch == reply.Epoch);
        if (name is not null && Continues(cohort, reply.Next)
            && seen.Add((reply.Next!.Segment, reply.Next.Epoch)))
        {
            running[name] = cohort with
            {
                Segment = reply.Next.Segment, Epoch = reply.Next.Epoch, Step = reply.Next.FromStep,
            };
            cohort.Actor.Offer(new CohortMessage.Begin(reply.Next));
            return;
        }
        if (name is not null) Here.Stop(cohort.Actor);
        if (reply.Next is { } next) Begin(next);
    }

    // The resident state is named by the checkpoint it was saved as: equal names, equal bits.
    private static bool Continues(Running cohort, Assign? next) =>
        next is { Parents: [var parent] } && parent == cohort.Checkpoint
        && next.Lanes.Select((lane, k) => lane.Source.Lane == k).All(same => same);

    private async ValueTask Say(Message message)
    {
        switch (message)
        {
            case Commit commit:
                unanswered[(commit.Segment, commit.Epoch)] = commit;
                Note(commit.Segment, commit.Epoch, r => r with { Checkpoint = commit.Checkpoint });
                break;
            case Release back: unanswered[(back.Segment, back.Epoch)] = back; break;
            case Failed failed: unanswered[(failed.Segment, failed.Epoch)] = failed; break;
            case Progress progress:
                Note(progress.Segment, progress.Epoch, r => r with { Step = progress.Step });
                break;
        }
        await outside.Send(message);
    }

    private void Note(SegmentId segment, long epoch, Func<Running, Running> change)
    {
        foreach (var (name, cohort) in running)
            if (cohort.Segment == segment && cohort.Epoch == epoch)
            {
                running[name] = change(cohort);
                return;
            }
    }

    private async ValueTask Tick()
    {
        if (session is null)
        {
            await Hello();
            return;
        }
        foreach (var message in unanswered.Values) await outside.Send(message);
        await Beat();
    }

    private async ValueTask Drain()
    {
        draining = true;
        foreach (var cohort in running.Values) cohort.Actor.Offer(new CohortMessage.Drain());
        await Idle();
    }

    private async ValueTask Idle()
    {
        if (!draining) await Beat();
        else if (running.Count == 0)
        {
            if (session is not null) await outside.Send(new Bye());
            outside.Gone();
        }
    }

    private ValueTask Hello() => outside.Send(new Hello(
        MessageCodec.Protocol, outside.Node, outside.Incarnation, outside.Box, outside.Slots,
        "cpu", outside.Numerics, "", null, HeldNow()));

    private async ValueTask Beat()
    {
        if (session is null) return;
        var free = draining ? 0 : Math.Max(0, outside.Slots - running.Count);
        await outside.Send(new Beat(++sequence, free, TimeSpan.Zero, HeldNow()));
    }

    private System.Collections.Immutable.ImmutableArray<Held> HeldNow() =>
        [.. running.Values.Select(r => new Held(r.Segment, r.Epoch, r.Step))];

    private sealed record Running(
        Address<CohortMessage> Actor, SegmentId Segment, long Epoch, long Step, string? Checkpoint);
}
