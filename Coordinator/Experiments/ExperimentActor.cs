using System.Collections.Immutable;
using Mneme.Actors;
using Mneme.Coordinator.Dispatch;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Specs;
using Mneme.Telemetry;

namespace Mneme.Coordinator.Experiments;

/// <summary>What an experiment's actor reaches outside itself.</summary>
/// <param name="Dispatch">Brings words to workers, and hears what was granted.</param>
/// <param name="Decide">The rules: <see cref="ExperimentDecisions.Decide"/>.</param>
/// <param name="HasBlob">Whether a checkpoint of that size is stored.</param>
/// <param name="FetchLanes">Results that were too large for a frame.</param>
/// <param name="Sweep">Deletes old checkpoints but for those in use; null: who keeps the blobs of
/// several experiments asks for what is in use.</param>
/// <param name="Watch">Hears of every change.</param>
/// <param name="Deposed">Another process leads: this one must stop.</param>
public sealed record ExperimentSurroundings(
    IJournal Journal,
    long LeaderEpoch,
    Address<DispatchMessage> Dispatch,
    Func<ExperimentState, ExperimentCommand, Decision> Decide,
    Func<string, long, Task<bool>> HasBlob,
    Func<string, Task<ImmutableArray<LaneResult>>> FetchLanes,
    Func<IReadOnlySet<string>, Task<int>>? Sweep,
    Action<ExperimentView> Watch,
    Action Deposed);

/// <summary>The shell around one experiment's decisions: decide, append, apply, send, in that
/// order. Commands that wait together are decided one after the other and written in one
/// transaction.</summary>
public sealed class ExperimentActor : Actor<ExperimentMessage>
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShowAfter = TimeSpan.FromSeconds(0.25);
    private readonly ExperimentSpec spec;
    private readonly ExperimentSurroundings outside;
    private readonly ProgressBoard board;
    private readonly List<Pending> pending = [];
    private readonly Stalls stalls = new();
    private ExperimentState state;
    private bool willShow;

    public ExperimentActor(
        ExperimentSpec spec, FamilySchema family, ExperimentState state,
        IEnumerable<ResultRow> results, ExperimentSurroundings outside)
    {
        (this.spec, this.state, this.outside) = (spec, state, outside);
        board = new ProgressBoard(spec.Name, family, state.Plan);
        foreach (var row in results) board.Take(row.Result);
    }

    protected override ValueTask Started()
    {
        if (outside.Sweep is not null)
            Here.Every("sweep", SweepEvery, new ExperimentMessage.Sweep());
        Show();
        return default;
    }

    protected override ValueTask Receive(ExperimentMessage message)
    {
        if (IsStray(message)) return default;
        switch (message)
        {
            case ExperimentMessage.Credit credit:
                pending.Add(new Pending(
                    Grant(credit.Session, credit.Free, credit.Live), credit.Session));
                break;
            case ExperimentMessage.Holds holds: Compare(holds.Session); break;
            case ExperimentMessage.InUse ask: ask.Answer.Ok(BlobsInUse.Of(state)); break;
            case ExperimentMessage.Judge judge:
                judge.Answer.Ok([.. judge.Held.Select(held => state.Judge(judge.Session, held))]);
                break;
            case ExperimentMessage.Ordered ordered:
                pending.Add(new Pending(ordered.Command, null) { Ordered = ordered.Answer });
                break;
            case ExperimentMessage.Commits commits: Take(commits); break;
            case ExperimentMessage.Fetched fetched: Take(fetched.Of, fetched.Lanes); break;
            case ExperimentMessage.Progressed progressed when state.Has(progressed.Segment):
                board.Reach(progressed.Segment.Index, progressed.Step);
                Changed();
                break;
            case ExperimentMessage.Show: Show(); break;
            case ExperimentMessage.Sweep:
                var swept = new ExperimentMessage.Swept();
                Here.Later(outside.Sweep!(BlobsInUse.Of(state)), _ => swept, _ => swept);
                break;
            case ExperimentMessage.Returns returns:
                board.Trouble(returns.Cause, returns.Text);
                pending.Add(new Pending(GiveBack(returns), returns.Session)
                {
                    Handled = returns.Handled,
                });
                break;
        }
        return default;
    }

    protected override async ValueTask Settle()
    {
        if (pending.Count == 0) return;
        var batch = pending.ToList();
        pending.Clear();
        if (await Write(batch) == Appended.Conflict)
            foreach (var one in batch)
                if (await Write([one]) == Appended.Conflict)
                    throw new JournalException(
                        $"the journal of {spec.Name} has another state than this process");
        Changed();
    }

    private TimeSpan Now => Here.Clock.GetElapsedTime(0);

    // What the plan does not have, nobody was granted.
    private bool IsStray(ExperimentMessage message)
    {
        if (message is ExperimentMessage.Commits { Commit: var commit } late
            && !state.Has(commit.Segment))
            Refuse(late.Session, commit.Segment, commit.Epoch, late.Handled);
        else if (message is ExperimentMessage.Returns back && !state.Has(back.Segment))
            Refuse(back.Session, back.Segment, back.Epoch, back.Handled);
        else return false;
        return true;
    }

    private void Refuse(Session session, SegmentId segment, long epoch, Sink<bool>? handled)
    {
        Here.Log.Warning($"{session.Id} speaks of {segment}, which the plan does not have");
        Say(session.Id, new CommitReply(segment, epoch, CommitOutcome.Fenced, null));
        handled?.Ok(true);
    }

    // An end is told at once. What comes a thousand times a second is told four times, for a view
    // goes through all trials.
    private void Changed()
    {
        if (IsOver || state.Stuck || board.HasTrouble)
        {
            Show();
            return;
        }
        if (!willShow) Here.After("show", ShowAfter, new ExperimentMessage.Show());
        willShow = true;
    }

    private void Show()
    {
        willShow = false;
        outside.Watch(board.View(state));
        if (IsOver) outside.Dispatch.Offer(new DispatchMessage.Over(spec.Name));
    }

    private bool IsOver => state.Completed || state.Granting == Granting.Cancelled;

    private ExperimentCommand.GrantSegments Grant(
        Session session, int free, IReadOnlySet<string> live) => new(
        session.Id, session.Numerics, Trains(session) ? free : 0, live, board.Reached);

    private static ExperimentCommand.ReturnSegment GiveBack(ExperimentMessage.Returns returns) =>
        new(returns.Segment.Index, returns.Epoch, returns.Cause, returns.Text, returns.Counted);

    private void Take(ExperimentMessage.Commits commits)
    {
        if (commits.Commit.LanesBlob is { } blob) Fetch(commits, blob);
        else Take(commits, commits.Commit.Lanes);
    }

    private void Fetch(ExperimentMessage.Commits commits, string blob) =>
        Here.Later<ImmutableArray<LaneResult>>(
            outside.FetchLanes(blob), lanes => new ExperimentMessage.Fetched(commits, lanes),
            error => new ExperimentMessage.Returns(
                commits.Session, commits.Commit.Segment, commits.Commit.Epoch,
                "storage", error.Message, Counted: false, commits.Handled));

    private void Take(ExperimentMessage.Commits commits, ImmutableArray<LaneResult> lanes) =>
        pending.Add(new Pending(
            new ExperimentCommand.CommitSegment(
                commits.Session.Id, commits.Commit, lanes, commits.Session.Draining)
            {
                Then = commits.Live is { } live ? Grant(commits.Session, 1, live) : null,
            }, commits.Session)
        {
            Commit = commits.Commit, Handled = commits.Handled,
            ArrivedAt = Now,
            Span = Instruments.Begin(
                "commit", spec.Name, commits.Commit.Segment.Index, commits.Commit.Epoch),
        });

    private async ValueTask<Appended> Write(IReadOnlyList<Pending> batch)
    {
        var after = state;
        var decisions = new List<Decision>();
        foreach (var one in batch)
        {
            decisions.Add(await Decide(after, one));
            after = after.Apply(decisions[^1].Events);
        }
        var events = decisions.SelectMany(decision => decision.Events).ToList();
        var outcome = events.Count == 0
            ? Appended.Ok
            : await outside.Journal.Append(outside.LeaderEpoch, spec.Name, events);
        if (outcome == Appended.Deposed) outside.Deposed();
        if (outcome != Appended.Ok) return outcome;
        state = after;
        foreach (var committed in events.OfType<SegmentCommitted>())
        {
            board.Take(committed);
            stalls.Forget(committed.Segment);
        }
        foreach (var (one, decision) in batch.Zip(decisions)) Answer(one, decision);
        return outcome;
    }

    // A commit whose blobs are not stored would be a promise that cannot be kept.
    private async ValueTask<Decision> Decide(ExperimentState current, Pending one) =>
        one.Commit is null || await IsStored(one.Commit)
            ? outside.Decide(current, one.Command)
            : Decision.Nothing(CommitOutcome.NeedBlob);

    private async ValueTask<bool> IsStored(Commit commit) =>
        await outside.HasBlob(commit.Checkpoint, commit.CheckpointBytes)
        && (commit.Records is not { } records
            || await outside.HasBlob(records, commit.RecordsBytes));

    private void Answer(Pending one, Decision decision)
    {
        one.Measure(decision, Now);
        var granted = decision.Granted.Select(s => Assignments.Of(spec, state, s)).ToList();
        if (one.Commit is { } commit)
            Say(one.Session!.Id, new CommitReply(
                commit.Segment, commit.Epoch, decision.Outcome, granted.FirstOrDefault()));
        else if (one.Command is ExperimentCommand.ReturnSegment back)
            Say(one.Session!.Id, new CommitReply(
                new SegmentId(spec.Name, back.Segment), back.Epoch, decision.Outcome, null));
        else if (one.Command is ExperimentCommand.GrantSegments grant)
        {
            foreach (var assign in granted) Say(grant.Session, assign);
            outside.Dispatch.Offer(new DispatchMessage.Took(
                grant.Session, spec.Name, [.. granted.Select(a => (a.Segment, a.Epoch))]));
        }
        else if (one.Command is ExperimentCommand.Hold { Pause: true }) Stop("pause");
        else if (one.Command is ExperimentCommand.Cancel) Stop("drop");
        one.Handled?.Ok(true);
        one.Ordered?.Ok(decision.Outcome);
    }

    private void Say(string session, Message message) =>
        outside.Dispatch.Offer(new DispatchMessage.Say(session, message));

    private void Stop(string verb) =>
        outside.Dispatch.Offer(new DispatchMessage.SayAll(new Control(verb, spec.Name)));

    private bool Trains(Session session) => session.Device == spec.Resources.Device;

    // A grant that the worker does not hold was lost on the way; a worker drops what it has seen.
    // What it holds and is not its own any more only takes a slot.
    private void Compare(Session session)
    {
        var held = session.Held.Where(h => h.Segment.Experiment == spec.Name).ToList();
        foreach (var segment in state.Leased)
            if (state.Segments[segment].Session == session.Id
                && held.All(h => h.Segment.Index != segment))
                Say(session.Id, Assignments.Of(spec, state, segment));
        foreach (var stale in held.Where(h => state.Judge(session.Id, h).Epoch != h.Epoch))
            Say(session.Id, new CommitReply(
                stale.Segment, stale.Epoch, CommitOutcome.Fenced, null));
        foreach (var own in held.Where(h => state.Judge(session.Id, h).Epoch == h.Epoch))
            if (stalls.IsStalled(
                own.Segment.Index, own.Epoch, own.Step, Now))
                Take(session, own);
        if (held.Count > 0 && state.Granting == Granting.Paused)
            Say(session.Id, new Control("pause", spec.Name));
    }

    private void Take(Session from, Held stalled)
    {
        stalls.Forget(stalled.Segment.Index);
        pending.Add(new Pending(new ExperimentCommand.ReturnSegment(
            stalled.Segment.Index, stalled.Epoch, "stalled",
            $"it stood at step {stalled.Step} for {Stalls.Limit.TotalMinutes} minutes on {from.Id}",
            Counted: true), from));
    }
}
