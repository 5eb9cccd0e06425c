using System.Collections.Immutable;
using Mneme.Plans;
using Mneme.Specs;

namespace Mneme.Messages;

/// <summary>What coordinators and workers say to each other. The set is closed; <see
/// cref="MessageCodec"/> gives every kind its stable name on the wire.</summary>
public abstract record Message
{
    private protected Message() { }
}

/// <summary>A worker process introduces itself on a new mailbox; sent again until it is
/// answered.</summary>
/// <param name="Incarnation">Random id of this process life.</param>
/// <param name="Device">Where it trains: <c>cpu</c>, <c>cuda:0</c>.</param>
/// <param name="Numerics">Hash of build, math library and device: equal class, equal bits.</param>
/// <param name="Catalogue">Hash of its families and their settings.</param>
/// <param name="Credential">The token that lets a node join; null on a broker of one's own.</param>
public sealed record Hello(
    int Protocol, string Node, string Incarnation, string Box, int Slots, string Device,
    string Numerics, string Catalogue, string? Credential,
    ImmutableArray<Held> Held) : Message;

/// <summary>A segment by its experiment's name and its place in that experiment's plan.</summary>
public readonly record struct SegmentId(string Experiment, int Index)
{
    public override string ToString() => $"{Experiment}#{Index}";
}

/// <summary>A segment that a worker has in its hands.</summary>
public sealed record Held(SegmentId Segment, long Epoch, long Step);

/// <summary>The session that a Hello opened, and how often to beat.</summary>
/// <param name="Session">Secret of this session: every later frame carries it.</param>
/// <param name="Lease">How long after its last sign of life the worker's grants stay its own.
/// </param>
/// <param name="Verdicts">One for each held segment.</param>
public sealed record Welcome(
    string Session, TimeSpan Lease, TimeSpan Beat, string LeaderBox, string? BlobUrl,
    ImmutableArray<Verdict> Verdicts) : Message;

/// <summary>What becomes of a held segment.</summary>
/// <param name="Epoch">Go on under this epoch; null: drop it.</param>
public sealed record Verdict(SegmentId Segment, long? Epoch);

/// <summary>The coordinator will not work with this worker, or no longer knows its session.
/// </summary>
/// <param name="Reason"><see cref="Stale"/>: say Hello again. Anything else is final.</param>
public sealed record Refuse(string Reason, string Text) : Message
{
    public const string Stale = "stale";
}

/// <summary>Another coordinator leads now: beat to it, and say Hello to it.</summary>
public sealed record Announce(string LeaderBox) : Message;

/// <summary>Sign of life with what is held and how many slots are free; the highest sequence number
/// wins.</summary>
/// <param name="PoolDelay">How long the worker's thread pool took to begin a piece of work.</param>
public sealed record Beat(
    long Sequence, int Free, TimeSpan PoolDelay, ImmutableArray<Held> Held) : Message;

/// <summary>The beat was counted; the worker's own deadline moves on. Number 0 only asks whether
/// the mailbox is there.</summary>
public sealed record BeatAck(long Sequence) : Message;

/// <summary>The right to compute one segment, with everything it takes.</summary>
/// <param name="Epoch">Part of the commit's condition.</param>
/// <param name="FromStep">Where the work starts: later than planned when a part is committed
/// already.</param>
/// <param name="Start">To be carried out before the first step; null inside a phase.</param>
/// <param name="Borders">Steps at which a phase of some schedule begins or ends: all sets are
/// evaluated.</param>
/// <param name="PointsAt">Further steps after which a point is taken.</param>
/// <param name="Sets">Data sets of the whole experiment.</param>
/// <param name="Saves">Names under which its switches keep the model.</param>
/// <param name="Common">Settings that all lanes share.</param>
/// <param name="Parents">Checkpoints that the lanes' sources number; empty: start from the
/// seeds.</param>
public sealed record Assign(
    SegmentId Segment, string Key, long Epoch, string Family, string Device, int Phase,
    PhaseStart? Start,
    long FromStep, long ToStep, long MeasureEvery, ImmutableArray<long> Borders,
    ImmutableArray<long> PointsAt, int Sets, ImmutableArray<string> Saves,
    ImmutableArray<Setting> Common,
    ImmutableArray<string> Parents, ImmutableArray<AssignedLane> Lanes) : Message;

/// <param name="Path">What the lane advances: names its results.</param>
/// <param name="Own">Settings in which this lane differs from the others.</param>
/// <param name="Source">Where its state comes from; meaningless when there are no parents.</param>
public sealed record AssignedLane(
    int Path, uint Seed, ImmutableArray<Setting> Own, LaneSource Source);

/// <summary>How far a running segment is; lossy, the newest replaces older ones.</summary>
public sealed record Progress(SegmentId Segment, long Epoch, long Step) : Message;

/// <summary>The result of a segment, or of its beginning when the worker had to stop
/// early.</summary>
/// <param name="Final">Whether the segment is complete.</param>
/// <param name="Checkpoint">SHA-256 of the checkpoint blob.</param>
/// <param name="Lanes">Results by lane, unless they are too large for a frame.</param>
/// <param name="LanesBlob">SHA-256 of a blob that holds them instead.</param>
/// <param name="Records">SHA-256 of a blob with what belongs to points but fits in no column, or
/// null.</param>
public sealed record Commit(
    SegmentId Segment, long Epoch, long FromStep, long ToStep, bool Final, string Checkpoint,
    long CheckpointBytes, ImmutableArray<LaneResult> Lanes, string? LanesBlob,
    string? Records = null, long RecordsBytes = 0) : Message;

public enum CommitOutcome { Fresh = 0, Duplicate = 1, Fenced = 2, NeedBlob = 3 }

/// <summary>What became of a commit, and what this worker does next with the cohort it holds;
/// without a next segment also the answer to <see cref="Failed"/> and <see cref="Release"/>.
/// </summary>
/// <param name="Next">The segment that continues it; null: free the slot.</param>
public sealed record CommitReply(
    SegmentId Segment, long Epoch, CommitOutcome Outcome, Assign? Next) : Message;

/// <summary>A segment could not be computed.</summary>
/// <param name="Cause">A stable word: <c>user_error</c>, <c>oom</c>, <c>bad_checkpoint</c>,
/// <c>storage</c>.</param>
public sealed record Failed(SegmentId Segment, long Epoch, string Cause, string Text) : Message;

/// <summary>The worker gives a segment back uncomputed; not counted against it.</summary>
public sealed record Release(SegmentId Segment, long Epoch, string Reason) : Message;

/// <summary>An order to a worker: <c>drain</c> stops every cohort at its next step and ends the
/// process; <c>pause</c> stops those of one experiment; <c>drop</c> forgets them.</summary>
/// <param name="Experiment">Null: all.</param>
public sealed record Control(string Verb, string? Experiment = null) : Message;

/// <summary>The worker takes no more work and goes within a time.</summary>
public sealed record Draining : Message;

/// <summary>The worker has nothing left and goes.</summary>
public sealed record Bye : Message;

/// <summary>What lighthouses remember.</summary>
public sealed record View(ClusterView Cluster) : Message;
