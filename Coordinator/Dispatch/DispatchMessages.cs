using System.Collections.Immutable;
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
    public sealed record Arrived(Letter Letter, Sink<bool>? Handled) : DispatchMessage;

    /// <summary>A connection is there: the leader can be reached under a new mailbox.</summary>
    public sealed record Linked(CoordinatorLink Link) : DispatchMessage;

    /// <summary>The broker says that a mailbox is gone.</summary>
    public sealed record Departed(string Box) : DispatchMessage;

    /// <summary>A mailbox was there to be told of the leader's new link.</summary>
    public sealed record Met : DispatchMessage;

    public sealed record Host(
        string Experiment, Address<ExperimentMessage> Actor) : DispatchMessage;

    /// <summary>Nothing of an experiment will ever be granted again.</summary>
    public sealed record Over(string Experiment) : DispatchMessage;

    /// <summary>An experiment took what it wanted of a session's free slots.</summary>
    public sealed record Took(
        string Session, string Experiment,
        ImmutableArray<(SegmentId Segment, long Epoch)> Granted) : DispatchMessage;

    /// <summary>What becomes of the segments that a Hello named.</summary>
    internal sealed record Judged(
        Hello Hello, Sender From, ImmutableArray<Verdict> Verdicts,
        Sink<bool>? Handled) : DispatchMessage;

    /// <summary>Says something to a session's worker.</summary>
    public sealed record Say(string Session, Message Message) : DispatchMessage;

    /// <summary>Says something to every worker.</summary>
    public sealed record SayAll(Message Message) : DispatchMessage;

    /// <summary>Time to renew the leases of the sessions that beat.</summary>
    public sealed record Tick : DispatchMessage;

    /// <summary>Workers of a node, or all, stop at their next step and get nothing more.</summary>
    public sealed record Drain(string? Node) : DispatchMessage;

    public sealed record Undrain(string Node) : DispatchMessage;

    /// <summary>Takes what a node holds from it, whether it lives or not.</summary>
    public sealed record Down(string Node) : DispatchMessage;

    public sealed record Look(Sink<ImmutableArray<WorkerView>> Answer) : DispatchMessage;
}

/// <summary>Why a worker is sent away, in a word and in a sentence.</summary>
public sealed record Refusal(string Reason, string Text);

/// <summary>What the dispatcher reaches outside itself.</summary>
/// <param name="Admit">Why a worker may not join, or null.</param>
/// <param name="NewSecret">128 random bits for a session.</param>
/// <param name="BlobUrl">Where workers without a shared folder find blobs, or null.</param>
/// <param name="Deposed">Another process leads: this one must stop.</param>
public sealed record DispatchSurroundings(
    IJournal Journal, long LeaderEpoch, Func<Hello, Refusal?> Admit, Func<string> NewSecret,
    string? BlobUrl, Action Deposed);
