using System.Collections.Immutable;
using Mneme.Actors;
using Mneme.Coordinator.Dispatch;
using Mneme.Messages;

namespace Mneme.Coordinator.Experiments;

/// <summary>What is said to an experiment's actor.</summary>
public abstract record ExperimentMessage
{
    private ExperimentMessage() { }

    /// <summary>A worker has free slots.</summary>
    /// <param name="Live">Sessions whose lease runs; what others hold may be taken.</param>
    public sealed record Credit(
        Session Session, int Free, IReadOnlySet<string> Live) : ExperimentMessage;

    /// <summary>What a worker holds: grants that are missing there are sent again, and what is not
    /// its own any more is taken from it.</summary>
    public sealed record Holds(Session Session) : ExperimentMessage;

    /// <summary>Which of these a session that says Hello may go on with.</summary>
    public sealed record Judge(
        string Session, ImmutableArray<Held> Held,
        Sink<ImmutableArray<Verdict>> Answer) : ExperimentMessage;

    /// <summary>A person's order; the sink is answered once it is durable.</summary>
    public sealed record Ordered(
        ExperimentCommand Command, Sink<CommitOutcome> Answer) : ExperimentMessage;

    /// <summary>A commit came in; the sink is answered once nothing can undo what became of
    /// it.</summary>
    public sealed record Commits(
        Session Session, Commit Commit, Sink<bool>? Handled) : ExperimentMessage
    {
        /// <summary>As in <see cref="Credit"/>, where no other experiment wants the slot that the
        /// commit may leave empty; else null.</summary>
        public IReadOnlySet<string>? Live { get; init; }
    }

    /// <summary>The results of a commit that came as a blob.</summary>
    public sealed record Fetched(Commits Of, ImmutableArray<LaneResult> Lanes) : ExperimentMessage;

    /// <summary>How far a running segment is: for whoever watches, never for a decision.</summary>
    public sealed record Progressed(SegmentId Segment, long Step) : ExperimentMessage;

    /// <summary>Time to tell whoever watches.</summary>
    public sealed record Show : ExperimentMessage;

    /// <summary>Time to delete checkpoints that nothing starts from any more.</summary>
    public sealed record Sweep : ExperimentMessage;

    /// <summary>Which blobs must stay.</summary>
    public sealed record InUse(Sink<IReadOnlySet<string>> Answer) : ExperimentMessage;

    /// <summary>A sweep is over; what it could not delete, the next one will.</summary>
    public sealed record Swept : ExperimentMessage;

    /// <summary>A segment comes back without results.</summary>
    public sealed record Returns(
        Session Session, SegmentId Segment, long Epoch, string Cause, string Text, bool Counted,
        Sink<bool>? Handled) : ExperimentMessage;
}
