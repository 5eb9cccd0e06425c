using System.Collections.Immutable;

namespace Mneme.Messages;

/// <summary>The cluster as its leader sees it: what a lighthouse remembers and a person looks at.
/// Nothing is decided by it.</summary>
/// <param name="At">By the leader's wall clock.</param>
public sealed record ClusterView(
    LeaderView Leader, DateTimeOffset At, ImmutableArray<WorkerView> Workers,
    ImmutableArray<ExperimentSummary> Experiments);

public sealed record LeaderView(string Node, string Incarnation, long Epoch, string Url);

/// <param name="State">live, suspect, draining or down.</param>
/// <param name="LastBeat">How long ago the last sign of life came.</param>
public sealed record WorkerView(
    string Node, string Incarnation, string State, int Slots, int Free, string Device,
    string Numerics, TimeSpan LastBeat, TimeSpan PoolDelay, ImmutableArray<HeldView> Held);

public sealed record HeldView(string Experiment, int Segment, long Epoch, long Step);

/// <param name="State">active, held, paused, stuck, publishing, done or
/// cancelled.</param>
/// <param name="Best">The best trial's measure in words, or null.</param>
/// <param name="Trouble">Why it does not go on by itself, or null.</param>
public sealed record ExperimentSummary(
    string Name, string Model, string State, int Trials, int Finished, int Diverged, int Running,
    long DoneTrialSteps, long TrialSteps, int Segments, int Committed, int Quarantined,
    string? Best, string? Trouble);
