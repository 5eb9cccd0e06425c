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

    /// <summary>A connection with a mailbox of this name is there: say Hello.</summary>
    public sealed record Linked(string Box) : WorkerMessage;

    /// <summary>The connection is gone; the work goes on.</summary>
    public sealed record Unlinked : WorkerMessage;

    public sealed record Tick : WorkerMessage;

    public sealed record BeatNow : WorkerMessage;

    /// <summary>Stop every cohort at its next step, commit, and go.</summary>
    /// <param name="Within">Then what is not committed is given back.</param>
    public sealed record Drain(TimeSpan Within) : WorkerMessage;

    public sealed record DrainOver : WorkerMessage;
}

/// <summary>What a worker says of itself in its Hello.</summary>
/// <param name="Incarnation">Random id of this process life.</param>
/// <param name="Catalogue">See <see cref="Hello"/>.</param>
public sealed record WorkerIdentity(
    string Node, string Incarnation, int Slots, string Device, string Numerics, string Catalogue,
    string? Credential = null);

/// <param name="Send">Says something to the coordinator, directly or through the queue; it may get
/// lost.</param>
/// <param name="Gone">Called once, when a drained worker has nothing left.</param>
/// <param name="BlobsAt">The store that a Welcome named.</param>
/// <param name="NewCohort">Makes the actor that computes an assignment.</param>
/// <param name="BeatsOnThread">Whether beats leave from a thread of their own, in real time.
/// </param>
public sealed record WorkerSurroundings(
    WorkerIdentity Me, Func<Message, bool, ValueTask> Send, Action Gone,
    Func<string?, IBlobStore> BlobsAt,
    Func<Assign, IBlobStore, Address<WorkerMessage>, Actor<CohortMessage>> NewCohort,
    bool BeatsOnThread);

/// <summary>The coordinator will not work with this worker: nothing to wait for.</summary>
public sealed class WorkerRefused(string reason, string text)
    : Exception($"the coordinator refuses this worker ({reason}): {text}")
{
    public string Reason => reason;
}
