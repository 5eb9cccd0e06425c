using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Mneme.Messages;
using Mneme.Plans;

namespace Mneme.Journal;

/// <summary>What happened to an experiment. The set is closed; kinds and fields are append-only,
/// because stored streams are read by every later version.</summary>
public abstract record ExperimentEvent
{
    private protected ExperimentEvent() { }
}

/// <param name="Spec">The resolved experiment file.</param>
/// <param name="SpecSha">Identity of its meaning; comments and order do not count.</param>
/// <param name="Segments">Number of segments of the plan.</param>
/// <param name="Roots">Those without parents: they are ready from the start.</param>
/// <param name="Numerics">The class of machines whose bits the results are.</param>
public sealed record ExperimentSubmitted(
    string Spec, string SpecSha, Packing Packing, int Segments,
    ImmutableArray<int> Roots, string Numerics) : ExperimentEvent;

/// <summary>A session got the right to compute a segment, under a new epoch.</summary>
public sealed record SegmentGranted(int Segment, long Epoch, string Session) : ExperimentEvent;

/// <summary>A segment, or its beginning, is done for good.</summary>
/// <param name="Records">SHA-256 of what belongs to its points but fits in no column, or
/// null.</param>
public sealed record SegmentCommitted(
    int Segment, long Epoch, long FromStep, long ToStep, bool Final, string Checkpoint,
    long CheckpointBytes, string? Records = null) : ExperimentEvent
{
    /// <summary>Results by lane: stored as rows beside the event, so empty when an event is
    /// read.</summary>
    [JsonIgnore]
    public ImmutableArray<LaneResult> Results { get; init; } = [];
}

/// <summary>All parents of a segment are committed: it may be granted.</summary>
public sealed record SegmentReady(int Segment) : ExperimentEvent;

/// <summary>A grant ended without a commit.</summary>
/// <param name="Counted">Whether it counts against the segment (its own fault, not the
/// cluster's).</param>
/// <param name="Session">Whose session ended while it held the segment, or null.</param>
/// <param name="Step">The last step that was known of it then.</param>
public sealed record SegmentReturned(
    int Segment, long Epoch, string Cause, string Text, bool Counted,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Session = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Step = null)
    : ExperimentEvent;

/// <summary>A segment failed too often; it waits for a person.</summary>
public sealed record SegmentQuarantined(int Segment, string Cause, string Text) : ExperimentEvent;

/// <summary>Every segment is committed.</summary>
public sealed record ExperimentCompleted : ExperimentEvent;

/// <summary>The class of machines whose bits the results are, fixed by the first grant when the
/// submission left it open.</summary>
public sealed record NumericsBound(string Numerics) : ExperimentEvent;

/// <summary>Nothing more is granted until somebody resumes it. Pause also stops what runs at its
/// next step; a stop lets running segments come to their end.</summary>
/// <param name="Order">Who wanted it, and why.</param>
public sealed record ExperimentHeld(bool Pause, Order Order) : ExperimentEvent;

public sealed record ExperimentResumed(Order Order) : ExperimentEvent;

/// <summary>Every segment that is not committed is given up, its epoch raised: a later commit is
/// refused.</summary>
public sealed record ExperimentCancelled(Order Order) : ExperimentEvent;

/// <summary>A quarantined segment may be granted again, its failures forgotten.</summary>
public sealed record SegmentRetried(int Segment, Order Order) : ExperimentEvent;

/// <summary>The database began a new history, so that grants may be lost: the epochs of all open
/// segments rise beyond any that could have been given.</summary>
public sealed record EpochsRaised(long By) : ExperimentEvent;

/// <summary>An order about the cluster, not about one experiment. In the stream <see
/// cref="Stream"/>.</summary>
/// <param name="Verb">A stable word: <c>drain</c>, <c>undrain</c>, <c>down</c>, <c>token</c>, ...
/// </param>
/// <param name="Target">A node or a credential's name.</param>
public sealed record OperatorActed(string Verb, string Target, Order Order) : ExperimentEvent
{
    /// <summary>No experiment can have this name.</summary>
    public const string Stream = ".operators";
}

/// <summary>Who gave an order, from where, and why.</summary>
/// <param name="By">The name of the credential.</param>
/// <param name="From">The address that it came from.</param>
/// <param name="Request">The asker's id for it: the same order twice is one order.</param>
public sealed record Order(string By, string From, string Why, string Request);
