using System.Collections.Immutable;
using Mneme.Actors;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Specs;

namespace Mneme.Coordinator.Experiments;

/// <summary>What an experiment's actor reaches outside itself.</summary>
/// <param name="Send">Puts a message into a worker's mailbox; lost messages are asked for
/// again.</param>
/// <param name="HasBlob">Whether a checkpoint of that size is stored.</param>
/// <param name="FetchLanes">Results that were too large for a frame.</param>
/// <param name="Sweep">Deletes old checkpoints but for those in use.</param>
/// <param name="Watch">Hears of every change.</param>
/// <param name="Deposed">Another process leads: this one must stop.</param>
public sealed record ExperimentSurroundings(
    IJournal Journal,
    long LeaderEpoch,
    Func<string, Message, ValueTask> Send,
    Func<string, long, Task<bool>> HasBlob,
    Func<string, Task<ImmutableArray<LaneResult>>> FetchLanes,
    Func<IReadOnlySet<string>, Task<int>> Sweep,
    Action<ExperimentView> Watch,
    Action Deposed);

/// <summary>The shell around one experiment's decisions: decide, append, apply, send, in that
/// order. Commands that wait together are decided one after the other and written in one
/// transaction.</summary>
public sealed class ExperimentActor : Actor<ExperimentMessage>
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);
    private readonly ExperimentSpec spec;
    private readonly ExperimentSurroundings outside;
    private readonly ProgressBoard board;
    private readonly List<Pending> pending = [];
    private ExperimentState state;

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
        Here.Every("sweep", SweepEvery, new ExperimentMessage.Sweep());
        outside.Watch(board.View(state));
        return default;
    }

    protected override async ValueTask Receive(ExperimentMessage message)
    {
        switch (message)
        {
            case ExperimentMessage.Credit credit:
                await SendAgain(credit);
                pending.Add(new Pending(
                    new ExperimentCommand.GrantSegments(
                        credit.Session.Id, credit.Free, credit.Live),
                    credit.Session, null, null));
                break;
            case ExperimentMessage.Commits { Commit.LanesBlob: { } blob } commits:
                Fetch(commits, blob);
                break;
            case ExperimentMessage.Commits commits:
                Take(commits, commits.Commit.Lanes);
                break;
            case ExperimentMessage.Fetched fetched:
                Take(fetched.Of, fetched.Lanes);
                break;
            case ExperimentMessage.Progressed progressed:
                board.Reach(progressed.Segment.Index, progressed.Step);
                outside.Watch(board.View(state));
                break;
            case ExperimentMessage.Sweep:
                Here.Later(
                    outside.Sweep(BlobsInUse.Of(state)), _ => new ExperimentMessage.Swept(),
                    _ => new ExperimentMessage.Swept());
                break;
            case ExperimentMessage.Returns returns:
                board.Trouble(returns.Cause, returns.Text);
                pending.Add(new Pending(
                    new ExperimentCommand.ReturnSegment(
                        returns.Segment.Index, returns.Epoch, returns.Cause, returns.Text,
                        returns.Counted),
                    returns.Session, null, returns.Handled));
                break;
        }
    }

    protected override async ValueTask Settle()
    {
        if (pending.Count == 0) return;
        var batch = pending.ToList();
        pending.Clear();
        if (await Write(batch) == Appended.Conflict)
            foreach (var one in batch) await Write([one]);
        outside.Watch(board.View(state));
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
                commits.Session.Id, commits.Commit, lanes, commits.Session.Draining),
            commits.Session, commits.Commit, commits.Handled));

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
        foreach (var committed in events.OfType<SegmentCommitted>()) board.Take(committed);
        foreach (var (one, decision) in batch.Zip(decisions)) await Answer(one, decision);
        return outcome;
    }

    // A commit whose blobs are not stored would be a promise that cannot be kept.
    private async ValueTask<Decision> Decide(ExperimentState current, Pending one) =>
        one.Commit is null || await IsStored(one.Commit)
            ? ExperimentDecisions.Decide(current, one.Command)
            : Decision.Nothing(CommitOutcome.NeedBlob);

    private async ValueTask<bool> IsStored(Commit commit) =>
        await outside.HasBlob(commit.Checkpoint, commit.CheckpointBytes)
        && (commit.Records is not { } records
            || await outside.HasBlob(records, commit.RecordsBytes));

    private async ValueTask Answer(Pending one, Decision decision)
    {
        var granted = decision.Granted.Select(segment => Assignments.Of(spec, state, segment));
        if (one.Commit is { } commit)
            await outside.Send(one.Session.Box, new CommitReply(
                commit.Segment, commit.Epoch, decision.Outcome, granted.FirstOrDefault()));
        else if (one.Command is ExperimentCommand.ReturnSegment back)
            await outside.Send(one.Session.Box, new CommitReply(
                new SegmentId(spec.Name, back.Segment), back.Epoch, decision.Outcome, null));
        else
            foreach (var assign in granted) await outside.Send(one.Session.Box, assign);
        one.Handled?.Ok(true);
    }

    // A grant that the worker does not hold was lost on the way; a worker drops what it has seen.
    private async ValueTask SendAgain(ExperimentMessage.Credit credit)
    {
        var held = credit.Held.Select(h => h.Segment.Index).ToHashSet();
        foreach (var segment in state.Leased)
            if (state.Segments[segment].Session == credit.Session.Id && !held.Contains(segment))
                await outside.Send(credit.Session.Box, Assignments.Of(spec, state, segment));
    }

    private sealed record Pending(
        ExperimentCommand Command, Session Session, Commit? Commit, Sink<bool>? Handled);
}
