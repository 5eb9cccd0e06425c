using System.Collections.Immutable;
using System.Diagnostics;
using Mneme.Journal;
using Mneme.Messages;

namespace Mneme.Coordinator.Experiments;

/// <summary>The rules of grants and commits: command and state to events. Pure.</summary>
public static class ExperimentDecisions
{
    /// <summary>Failures of a segment's own that put it into quarantine.</summary>
    public const int MaxFailures = 3;

    public static Decision Decide(
        ExperimentState state, ExperimentCommand command) => command switch
    {
        ExperimentCommand.GrantSegments grant => Grant(state, grant),
        ExperimentCommand.CommitSegment commit => Commit(state, commit),
        ExperimentCommand.ReturnSegment back => Return(state, back),
        ExperimentCommand.Hold or ExperimentCommand.Resume or ExperimentCommand.Cancel
            or ExperimentCommand.Retry => Orders.Decide(state, command),
        _ => throw new UnreachableException(command.GetType().Name),
    };

    // What a dead session holds comes back first, so that its death is on record and counts.
    private static Decision Grant(ExperimentState state, ExperimentCommand.GrantSegments command)
    {
        if (state.Completed || state.Granting != Granting.Open || !Fits(state, command.Numerics))
            return Decision.Nothing();
        var events = ImmutableArray.CreateBuilder<ExperimentEvent>();
        foreach (var orphan in state.Leased)
            if (!command.Live.Contains(state.Segments[orphan].Session!))
                events.AddRange(Losses.Of(state, orphan, command.Reached(orphan)));
        var after = state.Apply(events);
        var chosen = after.Ready.Take(command.Slots).ToImmutableArray();
        if (!chosen.IsEmpty && state.Numerics.Length == 0)
            events.Add(new NumericsBound(command.Numerics));
        events.AddRange(chosen.Select(s => Granted(after, s, command.Session)));
        return new Decision(events.ToImmutable(), CommitOutcome.Fresh, chosen);
    }

    private static bool Fits(ExperimentState state, string numerics) =>
        state.Numerics.Length == 0 || state.Numerics == numerics;

    private static Decision Commit(ExperimentState state, ExperimentCommand.CommitSegment command)
    {
        var commit = command.Commit;
        var segment = state.Segments[commit.Segment.Index];
        if (segment.Status != SegmentStatus.Leased || segment.Epoch != commit.Epoch)
            return Late(state, segment, command);
        if (commit.FromStep != segment.DoneStep || !Fits(state, command))
            return Decision.Nothing(CommitOutcome.Fenced);
        var committed = new SegmentCommitted(
            commit.Segment.Index, commit.Epoch, commit.FromStep, commit.ToStep, commit.Final,
            commit.Checkpoint, commit.CheckpointBytes, commit.Records)
        { Results = command.Results };
        return commit.Final
            ? Complete(state, command, committed)
            : new Decision([committed], CommitOutcome.Fresh, []);
    }

    // What it says must be what was to be done: whoever sends it may be mistaken, or worse.
    private static bool Fits(ExperimentState state, ExperimentCommand.CommitSegment command)
    {
        var (commit, plan) = (command.Commit, state.Plan);
        var segment = plan.Segments[commit.Segment.Index];
        return commit.ToStep > commit.FromStep && commit.ToStep <= segment.ToStep
            && commit.Final == (commit.ToStep == segment.ToStep)
            && command.Results.Select(lane => lane.Path).SequenceEqual(plan.LanesOf(segment));
    }

    // A redelivered commit is answered as the first one was, with the grant that followed it if
    // that still stands; anything else comes from a worker whose right was passed on.
    private static Decision Late(
        ExperimentState state, SegmentState segment, ExperimentCommand.CommitSegment command)
    {
        var same = segment.Commits.TryGetValue(command.Commit.Epoch, out var checkpoint)
            && checkpoint == command.Commit.Checkpoint;
        if (!same) return Decision.Nothing(CommitOutcome.Fenced);
        var next = Children(state, command.Commit.Segment.Index)
            .Where(c => state.Segments[c] is { Status: SegmentStatus.Leased } child
                && child.Session == command.Session);
        return new Decision([], CommitOutcome.Duplicate, [.. next.Take(1)]);
    }

    private static Decision Complete(
        ExperimentState state, ExperimentCommand.CommitSegment command, SegmentCommitted committed)
    {
        var events = ImmutableArray.CreateBuilder<ExperimentEvent>();
        events.Add(committed);
        var after = state.Apply(committed);
        var ready = Children(after, committed.Segment).Where(c => IsReady(after, c)).ToList();
        events.AddRange(ready.Select(c => new SegmentReady(c)));
        // The child that takes the resident cohort continues on the same worker, within the same
        // transaction.
        var next = command.Draining || state.Granting != Granting.Open
            ? [] : ready.Take(1).ToImmutableArray();
        events.AddRange(next.Select(c => Granted(after, c, command.Session)));
        if (after.Committed == after.Segments.Count) events.Add(new ExperimentCompleted());
        var decision = new Decision(events.ToImmutable(), CommitOutcome.Fresh, next);
        return next.IsEmpty && !command.Draining && command.Then is { } then
            ? Add(decision, Grant(state.Apply(decision.Events), then))
            : decision;
    }

    private static Decision Add(Decision first, Decision then) => new(
        first.Events.AddRange(then.Events), first.Outcome, first.Granted.AddRange(then.Granted));

    private static Decision Return(ExperimentState state, ExperimentCommand.ReturnSegment command)
    {
        var segment = state.Segments[command.Segment];
        if (segment.Status != SegmentStatus.Leased || segment.Epoch != command.Epoch)
            return Decision.Nothing();
        var returned = new SegmentReturned(
            command.Segment, command.Epoch, command.Cause, command.Text, command.Counted);
        return command.Counted && segment.Failures + 1 >= MaxFailures
            ? new Decision(
                [returned, new SegmentQuarantined(command.Segment, command.Cause, command.Text)],
                CommitOutcome.Fresh, [])
            : new Decision([returned], CommitOutcome.Fresh, []);
    }

    private static SegmentGranted Granted(ExperimentState state, int segment, string session) =>
        new(segment, state.Segments[segment].Epoch + 1, session);

    private static IEnumerable<int> Children(ExperimentState state, int parent) =>
        state.Plan.ChildrenOf(parent);

    private static bool IsReady(ExperimentState state, int segment) =>
        state.Segments[segment].Status == SegmentStatus.Blocked
        && state.Plan.Segments[segment].Parents
            .All(p => state.Segments[p].Status == SegmentStatus.Committed);
}
