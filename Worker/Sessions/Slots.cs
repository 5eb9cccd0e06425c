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

    // What was answered is not begun again when its grant comes once more, late. Later than after
    // so many others it would only be work for nothing.
    private const int MostAnswered = 4096;
    private readonly HashSet<(SegmentId, long)> answered = [];
    private readonly Queue<(SegmentId, long)> answers = [];

    // Granted while the cohort that they follow is still about to stop.
    private readonly List<Assign> waiting = [];

    public int Free => count - running.Count - waiting.Count;
    public bool HasRoom => running.Count < count;
    public bool AreEmpty => running.Count == 0;
    public bool SomeStop => running.Values.Count(r => r.IsStopping) > waiting.Count;

    /// <summary>Without those that are about to stop: they only take a slot.</summary>
    public IEnumerable<Running> All => running.Values.Where(r => !r.IsStopping);

    public ImmutableArray<Held> Held =>
    [
        .. All.Select(r => new Held(r.Segment, r.Epoch, r.Step)),
        .. waiting.Select(a => new Held(a.Segment, a.Epoch, a.FromStep)),
    ];

    public bool IsNew(Assign assign) =>
        !answered.Contains((assign.Segment, assign.Epoch))
        && Find(assign.Segment, assign.Epoch) is null
        && !waiting.Any(a => a.Segment == assign.Segment && a.Epoch == assign.Epoch);

    public void Wait(Assign assign) => waiting.Add(assign);

    /// <summary>What waits and has room now; or what must not wait any more.</summary>
    public IReadOnlyList<Assign> TakeWaiting(Func<Assign, bool> which)
    {
        var taken = waiting.Where(which).ToList();
        waiting.RemoveAll(taken.Contains);
        return taken;
    }

    public void Answered(SegmentId segment, long epoch)
    {
        if (!answered.Add((segment, epoch))) return;
        answers.Enqueue((segment, epoch));
        if (answers.Count > MostAnswered) answered.Remove(answers.Dequeue());
    }

    public void Fill(Address<CohortMessage> actor, string name, Assign assign) =>
        running[name] = new Running(
            name, actor, assign.Segment, assign.Epoch, assign.Epoch, assign.FromStep, null);

    public Running? Find(string name) => running.GetValueOrDefault(name);

    public Running? Find(SegmentId segment, long epoch) =>
        All.FirstOrDefault(r => r.Segment == segment && r.Epoch == epoch);

    /// <summary>By the epoch that its cohort was begun under.</summary>
    public Running? FindBegun(SegmentId segment, long begunEpoch) =>
        All.FirstOrDefault(r => r.Segment == segment && r.BegunEpoch == begunEpoch);

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
    public bool IsStopping { get; init; }

    /// <summary>The resident state is named by the checkpoint it was saved as: equal names, equal
    /// bits.</summary>
    public bool Continues(Assign? next) =>
        next is { Parents: [var parent] } && parent == Checkpoint
        && next.Lanes.Select((lane, k) => lane.Source.Lane == k).All(same => same);
}
