using System.Collections.Immutable;
using Mneme.Actors;
using Mneme.Messages;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Sessions;

/// <summary>What runs in a worker's slots, by the name of the cohort's actor.</summary>
internal sealed class Slots(int count)
{
    private readonly SortedDictionary<string, Running> running =
        new(StringComparer.Ordinal);

    // What was begun once is not begun again, however often its grant is sent.
    private readonly HashSet<(SegmentId, long)> seen = [];

    public int Free => count - running.Count;
    public bool AreEmpty => running.Count == 0;
    public IReadOnlyCollection<Running> All => running.Values;

    public ImmutableArray<Held> Held =>
        [.. running.Values.Select(r => new Held(r.Segment, r.Epoch, r.Step))];

    public bool IsNew(Assign assign) => seen.Add((assign.Segment, assign.Epoch));

    /// <summary>It may be begun once more.</summary>
    public void Forget(Running given)
    {
        seen.Remove((given.Segment, given.Epoch));
        seen.Remove((given.Segment, given.BegunEpoch));
    }

    public void Fill(Address<CohortMessage> actor, string name, Assign assign) =>
        running[name] = new Running(
            name, actor, assign.Segment, assign.Epoch, assign.Epoch, assign.FromStep, null);

    public Running? Find(string name) => running.GetValueOrDefault(name);

    public Running? Find(SegmentId segment, long epoch) =>
        running.Values.FirstOrDefault(r => r.Segment == segment && r.Epoch == epoch);

    /// <summary>By the epoch that its cohort was begun under.</summary>
    public Running? FindBegun(SegmentId segment, long begunEpoch) =>
        running.Values.FirstOrDefault(r => r.Segment == segment && r.BegunEpoch == begunEpoch);

    public void Change(Running changed) => running[changed.Name] = changed;

    /// <summary>The cohort goes on with the next segment.</summary>
    public void Continue(Running cohort, Assign next) => running[cohort.Name] = cohort with
    {
        Segment = next.Segment, Epoch = next.Epoch, BegunEpoch = next.Epoch, Step = next.FromStep,
    };

    public void Empty(string name) => running.Remove(name);
}

/// <param name="Epoch">Under which it may be committed now.</param>
/// <param name="BegunEpoch">Under which its cohort was begun, and reports.</param>
/// <param name="Checkpoint">Name of its last commit's, which the resident state equals.</param>
internal sealed record Running(
    string Name, Address<CohortMessage> Actor, SegmentId Segment, long Epoch, long BegunEpoch,
    long Step, string? Checkpoint)
{
    /// <summary>The resident state is named by the checkpoint it was saved as: equal names, equal
    /// bits.</summary>
    public bool Continues(Assign? next) =>
        next is { Parents: [var parent] } && parent == Checkpoint
        && next.Lanes.Select((lane, k) => lane.Source.Lane == k).All(same => same);
}
