using System.Collections.Immutable;
using System.Diagnostics;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Plans;

namespace Mneme.Coordinator.Experiments;

public enum SegmentStatus
{
    Blocked = 0, Ready = 1, Leased = 2, Committed = 3, Quarantined = 4, Cancelled = 5,
}

/// <summary>Whether anything more is granted: always, not until it is resumed, or never.</summary>
public enum Granting { Open = 0, Held = 1, Paused = 2, Cancelled = 3 }

/// <param name="DoneStep">Where the next grant starts.</param>
/// <param name="Checkpoint">Of this segment's last commit, or null.</param>
/// <param name="Commits">Every commit by epoch, so that a redelivered one is recognised.</param>
public sealed record SegmentState(
    SegmentStatus Status, long Epoch, string? Session, long DoneStep, string? Checkpoint,
    int Failures, ImmutableDictionary<long, string> Commits)
{
    /// <summary>Names of the blobs with its records, in the order of its commits.</summary>
    public ImmutableArray<string> Records { get; init; } = [];

    /// <summary>Workers that died over it since its last commit.</summary>
    public ImmutableArray<Loss> Losses { get; init; } = [];
}

/// <param name="Step">The last that was known.</param>
public sealed record Loss(string Node, long Step);

/// <summary>An experiment as its events made it. <see cref="Apply"/> is pure: the same stream gives
/// the same state in every process.</summary>
public sealed record ExperimentState
{
    public required Plan Plan { get; init; }
    public required ImmutableList<SegmentState> Segments { get; init; }
    public ImmutableSortedSet<int> Ready { get; init; } = [];
    public ImmutableSortedSet<int> Leased { get; init; } = [];
    public int Committed { get; init; }
    public int Quarantined { get; init; }
    public bool Completed { get; init; }
    public Granting Granting { get; init; }

    /// <summary>The class of machines that may work on it; empty: the first that does.</summary>
    public required string Numerics { get; init; }

    /// <summary>Which segment was quarantined last, and why; null: none was.</summary>
    public string? LastQuarantine { get; init; }

    /// <summary>Trials whose last segment is committed.</summary>
    public int FinishedTrials { get; init; }

    /// <summary>Trial-steps that are committed.</summary>
    public long DoneTrialSteps { get; init; }

    /// <summary>Nothing more can happen without a person: segments wait behind a quarantined
    /// one.</summary>
    public bool Stuck => !Completed && Quarantined > 0 && Ready.IsEmpty && Leased.IsEmpty;

    public static ExperimentState Of(Plan plan, ExperimentSubmitted submitted)
    {
        var fresh = plan.Segments.Select(s => new SegmentState(
            s.Parents.IsEmpty ? SegmentStatus.Ready : SegmentStatus.Blocked,
            0, null, s.FromStep, null, 0, ImmutableDictionary<long, string>.Empty));
        return new()
        {
            Plan = plan, Segments = [.. fresh], Ready = [.. submitted.Roots],
            Numerics = submitted.Numerics,
        };
    }

    public bool Has(SegmentId segment) => segment.Index >= 0 && segment.Index < Segments.Count;

    /// <summary>Whether a session may go on with what it holds, and under which epoch.</summary>
    public Verdict Judge(string session, Held held) =>
        Has(held.Segment)
        && Segments[held.Segment.Index] is { Status: SegmentStatus.Leased } segment
        && segment.Session == session
            ? new Verdict(held.Segment, segment.Epoch)
            : new Verdict(held.Segment, null);

    public ExperimentState Apply(ExperimentEvent happened) => happened switch
    {
        ExperimentSubmitted => this,
        SegmentReady e => With(e.Segment, s => s with { Status = SegmentStatus.Ready }),
        SegmentGranted e => With(e.Segment, s => s with
        {
            Status = SegmentStatus.Leased, Epoch = e.Epoch, Session = e.Session,
        }),
        SegmentCommitted e => Commit(e),
        SegmentReturned e => With(e.Segment, s => Return(s, e)),
        SegmentQuarantined e => Quarantine(e),
        ExperimentCompleted => this with { Completed = true },
        NumericsBound e => this with { Numerics = e.Numerics },
        ExperimentHeld e => this with { Granting = e.Pause ? Granting.Paused : Granting.Held },
        ExperimentResumed => this with { Granting = Granting.Open },
        ExperimentCancelled => OfOpen(s => s with
        {
            Status = SegmentStatus.Cancelled, Epoch = s.Epoch + 1, Session = null,
        }) with
        { Granting = Granting.Cancelled },
        SegmentRetried e => Retry(e),
        EpochsRaised e => OfOpen(s => s with { Epoch = s.Epoch + e.By }),
        OperatorActed => this,
        _ => throw new UnreachableException(happened.GetType().Name),
    };

    public ExperimentState Apply(IEnumerable<ExperimentEvent> stream) =>
        stream.Aggregate(this, (state, happened) => state.Apply(happened));

    private static SegmentState Return(SegmentState s, SegmentReturned e) => s with
    {
        Status = SegmentStatus.Ready, Session = null,
        Failures = s.Failures + (e.Counted ? 1 : 0),
        Losses = e is { Session: { } lost, Step: { } step }
            ? s.Losses.Add(new Loss(NodeOf(lost), step))
            : s.Losses,
    };

    private ExperimentState Quarantine(SegmentQuarantined e) =>
        With(e.Segment, s => s with { Status = SegmentStatus.Quarantined }) with
        {
            Quarantined = Quarantined + 1,
            LastQuarantine = $"segment {Plan.Segments[e.Segment].Key} failed too often: {e.Text}",
        };

    private ExperimentState Retry(SegmentRetried e) =>
        With(e.Segment, s => s with
        {
            Status = SegmentStatus.Ready, Failures = 0, Losses = [],
        }) with
        { Quarantined = Quarantined - 1 };

    private ExperimentState Commit(SegmentCommitted e) =>
        With(e.Segment, s => s with
        {
            Status = e.Final ? SegmentStatus.Committed : SegmentStatus.Ready,
            Losses = [], Session = null, DoneStep = e.ToStep, Checkpoint = e.Checkpoint,
            Commits = s.Commits.SetItem(e.Epoch, e.Checkpoint),
            Records = e.Records is { } records ? s.Records.Add(records) : s.Records,
        }) with
        {
            Committed = Committed + (e.Final ? 1 : 0),
            FinishedTrials = FinishedTrials
                + (e.Final ? Plan.TrialsEndingWith(Plan.Segments[e.Segment]).Count() : 0),
            DoneTrialSteps = DoneTrialSteps + (e.ToStep - e.FromStep) * LanesOf(e.Segment),
        };

    // A session is called node.incarnation.
    private static string NodeOf(string session) =>
        session.LastIndexOf('.') is var dot and > 0 ? session[..dot] : session;

    private ExperimentState OfOpen(Func<SegmentState, SegmentState> change) => Enumerable
        .Range(0, Segments.Count)
        .Where(i => Segments[i].Status is not (SegmentStatus.Committed or SegmentStatus.Cancelled))
        .Aggregate(this, (state, segment) => state.With(segment, change));

    private int LanesOf(int segment) => Plan.LanesOf(Plan.Segments[segment]).Length;

    // The two indices follow the status, whatever changed it.
    private ExperimentState With(int segment, Func<SegmentState, SegmentState> change)
    {
        var after = change(Segments[segment]);
        return this with
        {
            Segments = Segments.SetItem(segment, after),
            Ready = after.Status == SegmentStatus.Ready
                ? Ready.Add(segment)
                : Ready.Remove(segment),
            Leased = after.Status == SegmentStatus.Leased
                ? Leased.Add(segment)
                : Leased.Remove(segment),
        };
    }
}
