using Mneme.Blobs;
using Mneme.Coordinator.Search;
using Mneme.Journal;
using Mneme.Messages;

namespace Mneme.Coordinator.Api;

/// <summary>What the HTTP interface asks of the coordinator behind it, whoever asked it and however
/// they were let in. Orders are answered once they are durable.</summary>
public interface IDesk
{
    /// <summary>Who leads as far as this process knows; null: nobody, or not known yet.</summary>
    LeaderView? Leader { get; }

    /// <summary>Whether this process leads: only then are the members below answered.</summary>
    bool Leads { get; }

    /// <exception cref="NotLeading"/>
    ClusterView View();

    /// <summary>Null: there is no such experiment.</summary>
    /// <exception cref="NotLeading"/>
    Task<ExperimentDetail?> Describe(string experiment);

    /// <summary>What was appended to a stream after an event number.</summary>
    /// <exception cref="NotLeading"/>
    Task<IReadOnlyList<StreamEvent>> Events(string stream, long after, int atMost);

    /// <summary>Faults in what the journal holds of an experiment; none when all is well.</summary>
    /// <exception cref="NotLeading"/>
    Task<IReadOnlyList<string>> Verify(string experiment);

    /// <summary>Takes an experiment in. The same spec twice is one experiment.</summary>
    /// <exception cref="NotLeading"/>
    Task<OrderAnswer> Submit(string spec, PackingWishes wishes, Order order);

    /// <summary>Verbs on experiments: <c>pause</c>, <c>resume</c>, <c>stop</c>, <c>cancel</c>,
    /// <c>retry</c>; on nodes: <c>drain</c>, <c>undrain</c>, <c>down</c>; on nothing:
    /// <c>failover</c>.</summary>
    /// <exception cref="NotLeading"/>
    Task<OrderAnswer> Carry(string verb, string target, Order order);

    /// <exception cref="NotLeading"/>
    Task<OrderAnswer> PutCredential(CredentialRow credential, Order order);

    /// <summary>As last read from the journal; every process may ask.</summary>
    IReadOnlyList<CredentialRow> Credentials { get; }

    /// <summary>The folder of an experiment's published results; null until it is complete.
    /// </summary>
    string? ResultsOf(string experiment);

    IBlobStore Blobs { get; }
}

/// <param name="Spec">The resolved experiment file.</param>
/// <param name="Quarantined">Segments that failed too often: key, cause, text.</param>
public sealed record ExperimentDetail(
    ExperimentSummary Summary, string Spec, string Numerics,
    IReadOnlyList<QuarantinedSegment> Quarantined);

public sealed record QuarantinedSegment(int Segment, string Key, string Cause, string Text);

/// <param name="Payload">The event as JSON.</param>
public sealed record StreamEvent(long Sequence, string Kind, string Payload);

public enum OrderOutcome { Done = 0, Refused = 1, NotFound = 2, Invalid = 3 }

public sealed record OrderAnswer(OrderOutcome Outcome, string Text);

/// <summary>Another process leads, or none: ask the leader.</summary>
public sealed class NotLeading() : Exception("this coordinator does not lead");
