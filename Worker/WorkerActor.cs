using Mneme.Actors;
using Mneme.Blobs;
using Mneme.Messages;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Sessions;

namespace Mneme.Worker;

/// <summary>One worker process: its slots, what runs in them, and its session with whoever leads.
/// It outlives links and coordinators: cut off, it computes on, and commits when it is known
/// again.</summary>
public sealed class WorkerActor : Actor<WorkerMessage>
{
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HelloEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OrphanLimit = TimeSpan.FromMinutes(30);
    private readonly WorkerSurroundings outside;
    private readonly Slots slots;
    private Heart heart = null!;
    private Outbox outbox = null!;
    private IBlobStore blobs = null!;     // told by a Welcome, before any work
    private string? box;
    private bool isKnown;
    private bool draining;
    private bool gone;
    private long helloSent;
    private int hellos;
    private long begun;
    private long? alone;

    public WorkerActor(WorkerSurroundings outside) =>
        (this.outside, slots) = (outside, new Slots(outside.Me.Slots));

    protected override ValueTask Started()
    {
        heart = new Heart(Here.Clock, message => outside.Send(message, true));
        outbox = new Outbox(Here.Clock);
        Here.Every("tick", TimeSpan.FromSeconds(1), new WorkerMessage.Tick());
        if (outside.BeatsOnThread)
            Here.OwnThread("beat", stop => heart.BeatForEver(BeatEvery, stop));
        else Here.Every("beat", BeatEvery, new WorkerMessage.BeatNow());
        return default;
    }

    protected override async ValueTask Receive(WorkerMessage message)
    {
        switch (message)
        {
            case WorkerMessage.Arrived arrived: await Arrive(arrived.Message); break;
            case WorkerMessage.Say say: await Say(say.Message); break;
            case WorkerMessage.Linked linked:
                box = linked.Box;
                await Hello();
                break;
            case WorkerMessage.Unlinked:
                box = null;
                Forget();
                break;
            case WorkerMessage.BeatNow: await heart.Beat(); break;
            case WorkerMessage.Tick: await Tick(); break;
            case WorkerMessage.Drain drain: await Drain(drain.Within); break;
            case WorkerMessage.DrainOver: await GiveBack(); break;
        }
    }

    protected override async ValueTask Notice(Signal signal)
    {
        if (signal is Signal.ChildFailed failed && slots.Find(failed.Name) is { } broken)
            await Say(new Failed(
                broken.Segment, broken.BegunEpoch,
                Failures.CauseOf(failed.Error), Failures.TextOf(failed.Error)));
        if (signal is Signal.ChildStopped { Name: var stopped }) slots.Empty(stopped);
        else if (signal is Signal.ChildFailed { Name: var dead }) slots.Empty(dead);
        else return;
        foreach (var next in slots.TakeWaiting(_ => true)) await Begin(next);
        if (slots.Free > 0 || draining) await Changed();    // a free slot is told at once
        else Tell();
    }

    private async ValueTask Arrive(Message message)
    {
        switch (message)
        {
            case Welcome welcome: await Begin(welcome); break;
            case Announce: await Hello(); break;
            case Refuse { Reason: Refuse.Stale }:
                if (isKnown) await Hello();
                break;
            case Refuse refuse: throw new WorkerRefused(refuse.Reason, refuse.Text);
            case BeatAck ack: heart.Acknowledge(ack.Sequence); break;
            case Assign assign: await Begin(assign); break;
            case CommitReply reply: await Answered(reply); break;
            case Control control: await Obey(control); break;
        }
    }

    // --- the session ---

    private async ValueTask Hello()
    {
        Forget();
        if (box is null) return;
        helloSent = Here.Clock.GetTimestamp();
        var me = outside.Me;
        await outside.Send(new Hello(
            MessageCodec.Protocol, me.Node, me.Incarnation, box, me.Slots, me.Device, me.Numerics,
            me.Catalogue, me.Credential, slots.Held), hellos++ % 2 == 0);
    }

    private void Forget()
    {
        alone ??= Here.Clock.GetTimestamp();
        isKnown = false;
        heart.Close();
    }

    private async ValueTask Begin(Welcome welcome)
    {
        (isKnown, alone, hellos) = (true, null, 0);
        blobs = outside.BlobsAt(welcome.BlobUrl);
        foreach (var verdict in welcome.Verdicts) Judge(verdict);
        heart.Open(helloSent);
        outbox.Hurry();
        await Changed();
        await Flush();
    }

    // Computed steps stay; only the name of the right to commit them may have changed.
    private void Judge(Verdict verdict)
    {
        if (verdict.Epoch is null) slots.TakeWaiting(a => a.Segment == verdict.Segment);
        foreach (var held in slots.All.Where(r => r.Segment == verdict.Segment).ToList())
            if (verdict.Epoch is not { } epoch) { SayLost(held); Drop(held); }
            else if (epoch > held.Epoch) slots.Change(held with { Epoch = epoch });
    }

    private async ValueTask Tick()
    {
        if (alone is { } since && Here.Clock.GetElapsedTime(since) > OrphanLimit)
            foreach (var held in slots.All.ToList()) Drop(held);
        if (isKnown && !heart.IsSure) Forget();
        if (!isKnown && Here.Clock.GetElapsedTime(helloSent) >= HelloEvery) await Hello();
        await Flush();
    }

    // Past the deadline nothing is committed: another may have the right by now.
    private async ValueTask Flush()
    {
        if (!isKnown || !heart.IsSure) return;
        foreach (var (message, times) in outbox.TakeDue())
            await outside.Send(message, times % 2 == 1);
    }

    // --- the work ---

    private async ValueTask Begin(Assign assign)
    {
        if (draining || !slots.IsNew(assign)) return;
        if (!slots.HasRoom)
        {
            if (slots.SomeStop) slots.Wait(assign);
            else await Put(new Release(assign.Segment, assign.Epoch, "no_slot"));
            return;
        }
        var name = $"cohort-{assign.Segment.Experiment}-{assign.Segment.Index}-{++begun}";
        var cohort = Here.Spawn<CohortMessage>(
            name, () => outside.NewCohort(assign, blobs, Here.Self), Supervision.Stop);
        slots.Fill(cohort, name, assign);
        cohort.Offer(new CohortMessage.Begin(assign));
        Tell();
    }

    private async ValueTask Answered(CommitReply reply)
    {
        outbox.Answered(reply.Segment, reply.Epoch);
        if (reply.Outcome is CommitOutcome.Fresh or CommitOutcome.Duplicate)
            slots.Answered(reply.Segment, reply.Epoch);
        if (reply.Outcome == CommitOutcome.NeedBlob)
            await Put(new Failed(
                reply.Segment, reply.Epoch, "storage",
                "the coordinator does not find the checkpoint"));
        var cohort = slots.Find(reply.Segment, reply.Epoch);
        if (cohort is not null && reply.Outcome == CommitOutcome.Fenced) SayLost(cohort);
        if (cohort is not null && !draining && cohort.Continues(reply.Next)
            && slots.IsNew(reply.Next!))
        {
            slots.Continue(cohort, reply.Next!);
            cohort.Actor.Offer(new CohortMessage.Begin(reply.Next!));
            Tell();
            return;
        }
        if (cohort is not null) Stop(cohort);
        if (reply.Next is { } next) await Begin(next);
        await LeaveIfDone();
    }

    private async ValueTask Say(Message message)
    {
        switch (message)
        {
            case Commit said when slots.FindBegun(said.Segment, said.Epoch) is { } running:
                slots.Change(running with { Checkpoint = said.Checkpoint });
                await Put(said with { Epoch = running.Epoch });
                break;
            case Release said when slots.FindBegun(said.Segment, said.Epoch) is { } running:
                await Put(said with { Epoch = running.Epoch });
                break;
            case Failed said when slots.FindBegun(said.Segment, said.Epoch) is { } running:
                await Put(said with { Epoch = running.Epoch });
                break;
            case Progress said when slots.FindBegun(said.Segment, said.Epoch) is { } running:
                slots.Change(running with { Step = said.Step });
                Tell();
                if (isKnown)
                    await outside.Send(said with { Epoch = running.Epoch }, true);
                break;
        }
    }

    private async ValueTask Put(Message message)
    {
        outbox.Put(message);
        await Flush();
    }

    private void Stop(Running cohort)
    {
        slots.Change(cohort with { IsStopping = true });
        Here.Stop(cohort.Actor);
    }

    private void SayLost(Running held) => Here.Log.Warning($"{held.Segment} is another's by now: "
        + $"what was computed under epoch {held.Epoch} is dropped");

    // If it is granted once more after all, it begins again.
    private void Drop(Running held)
    {
        outbox.Answered(held.Segment, held.Epoch);
        Stop(held);
    }

    // --- orders and the end ---

    private async ValueTask Obey(Control control)
    {
        var meant = slots.All.Where(r => control.Experiment is null
            || r.Segment.Experiment == control.Experiment).ToList();
        if (control.Verb == "drain") await Drain(TimeSpan.FromMinutes(10));
        else if (control.Verb == "pause")
            foreach (var running in meant) running.Actor.Offer(new CohortMessage.Drain());
        else if (control.Verb == "drop")
            foreach (var running in meant) Drop(running);
    }

    private async ValueTask Drain(TimeSpan within)
    {
        if (!draining)
        {
            draining = true;
            Here.After("drain", within, new WorkerMessage.DrainOver());
            if (isKnown) await outside.Send(new Draining(), false);
        }
        slots.TakeWaiting(_ => true);
        foreach (var cohort in slots.All) cohort.Actor.Offer(new CohortMessage.Drain());
        await Changed();
    }

    private async ValueTask GiveBack()
    {
        foreach (var held in slots.All.ToList())
        {
            if (isKnown)
                await outside.Send(new Release(held.Segment, held.Epoch, "drained"), false);
            Drop(held);
        }
        await Leave();
    }

    private async ValueTask Changed()
    {
        Tell();
        await heart.Beat();
        await LeaveIfDone();
    }

    private void Tell() => heart.Hold(draining ? 0 : Math.Max(0, slots.Free), slots.Held);

    private async ValueTask LeaveIfDone()
    {
        if (draining && slots.AreEmpty && outbox.Count == 0) await Leave();
    }

    private async ValueTask Leave()
    {
        if (gone) return;
        gone = true;
        if (isKnown) await outside.Send(new Bye(), false);
        outside.Gone();
    }
}
