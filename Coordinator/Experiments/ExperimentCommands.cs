using System.Collections.Immutable;
using Mneme.Journal;
using Mneme.Messages;

namespace Mneme.Coordinator.Experiments;

/// <summary>What may be asked of an experiment. Whoever asks twice changes nothing the second
/// time.</summary>
public abstract record ExperimentCommand
{
    private ExperimentCommand() { }

    /// <summary>Gives a session up to <paramref name="Slots"/> segments.</summary>
    /// <param name="Numerics">The session's class of machines.</param>
    /// <param name="Live">Sessions whose lease runs; what others hold may be taken.</param>
    /// <param name="Reached">The last step known of a running segment.</param>
    public sealed record GrantSegments(
        string Session, string Numerics, int Slots, IReadOnlySet<string> Live,
        Func<int, long> Reached) : ExperimentCommand;

    /// <param name="Draining">Whether the session takes no further work.</param>
    public sealed record CommitSegment(
        string Session, Commit Commit, ImmutableArray<LaneResult> Results,
        bool Draining) : ExperimentCommand
    {
        /// <summary>What the slot asks for when nothing continues its cohort; null: it goes back,
        /// for others wait for it.</summary>
        public GrantSegments? Then { get; init; }
    }

    /// <summary>A segment comes back without a commit.</summary>
    public sealed record ReturnSegment(
        int Segment, long Epoch, string Cause, string Text, bool Counted) : ExperimentCommand;

    public sealed record Hold(bool Pause, Order Order) : ExperimentCommand;

    public sealed record Resume(Order Order) : ExperimentCommand;

    public sealed record Cancel(Order Order) : ExperimentCommand;

    /// <summary>Lets every quarantined segment try again.</summary>
    public sealed record Retry(Order Order) : ExperimentCommand;
}

/// <summary>What a command decided.</summary>
/// <param name="Granted">Segments that the asking session now holds.</param>
public sealed record Decision(
    ImmutableArray<Journal.ExperimentEvent> Events, CommitOutcome Outcome,
    ImmutableArray<int> Granted)
{
    public static Decision Nothing(CommitOutcome outcome = CommitOutcome.Fresh) =>
        new([], outcome, []);
}
