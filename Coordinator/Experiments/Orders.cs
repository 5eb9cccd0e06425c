using System.Diagnostics;
using Mneme.Journal;
using Mneme.Messages;

namespace Mneme.Coordinator.Experiments;

/// <summary>What a person may order of an experiment. An order that is carried out already changes
/// nothing (<see cref="CommitOutcome.Duplicate"/>); one that makes no sense is <see
/// cref="CommitOutcome.Fenced"/>. Pure.</summary>
internal static class Orders
{
    public static Decision Decide(ExperimentState state, ExperimentCommand command)
    {
        if (state.Completed || state.Granting == Granting.Cancelled)
            return Decision.Nothing(
                command is ExperimentCommand.Cancel && !state.Completed
                    ? CommitOutcome.Duplicate
                    : CommitOutcome.Fenced);
        return command switch
        {
            ExperimentCommand.Hold hold => Once(
                state.Granting == Granting.Open, new ExperimentHeld(hold.Pause, hold.Order)),
            ExperimentCommand.Resume resume => Once(
                state.Granting != Granting.Open, new ExperimentResumed(resume.Order)),
            ExperimentCommand.Cancel cancel => Once(true, new ExperimentCancelled(cancel.Order)),
            ExperimentCommand.Retry retry => Retry(state, retry),
            _ => throw new UnreachableException(command.GetType().Name),
        };
    }

    private static Decision Once(bool isNew, ExperimentEvent happened) => isNew
        ? new Decision([happened], CommitOutcome.Fresh, [])
        : Decision.Nothing(CommitOutcome.Duplicate);

    private static Decision Retry(ExperimentState state, ExperimentCommand.Retry command)
    {
        var waiting = Enumerable.Range(0, state.Segments.Count)
            .Where(s => state.Segments[s].Status == SegmentStatus.Quarantined)
            .Select(s => new SegmentRetried(s, command.Order));
        var events = waiting.ToList();
        return events.Count == 0
            ? Decision.Nothing(CommitOutcome.Duplicate)
            : new Decision([.. events], CommitOutcome.Fresh, []);
    }
}
