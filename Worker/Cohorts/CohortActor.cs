using System.Collections.Concurrent;
using Mneme.Actors;
using Mneme.Blobs;
using Mneme.Messages;
using Mneme.Results;
using Mneme.Telemetry;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Cohorts;

/// <summary>What is said to a cohort's actor.</summary>
public abstract record CohortMessage
{
    private protected CohortMessage() { }

    /// <summary>Compute this segment; a second one continues where the first ended.</summary>
    public sealed record Begin(Assign Assign) : CohortMessage;

    /// <summary>Stop at the next step and commit what is there.</summary>
    public sealed record Drain : CohortMessage;

    internal sealed record Loaded(
        Assign Assign, IReadOnlyList<SafetensorsFile> Parents) : CohortMessage;

    internal sealed record Trained(Assign Assign, SegmentOutcome Outcome) : CohortMessage;

    internal sealed record Stored(Commit Commit) : CohortMessage;

    internal sealed record Broken(Exception Error) : CohortMessage;
}

/// <summary>Owns one cohort: its models, its memories and the OS thread on which they train. It
/// never restarts in place: after an error its memory is suspect, and the segment starts again from
/// its parent's checkpoint.</summary>
internal sealed class CohortActor(
    ExperimentFamily family, IBlobStore blobs, Address<WorkerMessage> worker)
    : Actor<CohortMessage>, IDisposable
{
    // A commit that is larger sends its results as a blob: frames end at 256 KiB.
    private const int LargestInlineCommit = 192 * 1024;
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(0.25);

    private readonly BlockingCollection<CohortMessage.Loaded> segments = [];
    private readonly CancellationTokenSource draining = new();

    public void Dispose()
    {
        segments.Dispose();
        draining.Dispose();
    }

    protected override ValueTask Started()
    {
        Here.OwnThread("training", Train);
        return default;
    }

    protected override ValueTask Receive(CohortMessage message)
    {
        switch (message)
        {
            case CohortMessage.Begin begin: Load(begin.Assign); break;
            case CohortMessage.Loaded loaded: segments.Add(loaded); break;
            case CohortMessage.Trained { Assign: var assign, Outcome: var outcome }
                when outcome.ToStep == assign.FromStep:
                worker.Offer(new WorkerMessage.Say(
                    new Release(assign.Segment, assign.Epoch, "drained")));
                break;
            case CohortMessage.Trained trained: Store(trained); break;
            case CohortMessage.Stored stored:
                worker.Offer(new WorkerMessage.Say(stored.Commit));
                break;
            case CohortMessage.Broken broken: throw broken.Error;
            case CohortMessage.Drain: draining.Cancel(); break;
        }
        return default;
    }

    private void Load(Assign assign) => Here.Later(
        Checkpoints(assign), parents => new CohortMessage.Loaded(assign, parents),
        error => new CohortMessage.Broken(error));

    private async Task<IReadOnlyList<SafetensorsFile>> Checkpoints(Assign assign)
    {
        var parents = new List<SafetensorsFile>();
        foreach (var sha in assign.Parents)
            parents.Add(Safetensors.Read(await blobs.Get(Sha.Parse(sha)), sha));
        return parents;
    }

    // The thread's own loop: the cohort lives and dies here, so that no other thread touches its
    // tensors.
    private void Train(CancellationToken stopped)
    {
        TorchThread.Prepare();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopped, draining.Token);
        Cohort? cohort = null;
        try
        {
            foreach (var (assign, parents) in segments.GetConsumingEnumerable(stopped))
            {
                using var span = Instruments.Begin(
                    "train", assign.Segment.Experiment, assign.Segment.Index, assign.Epoch);
                cohort ??= new Cohort(family, assign, parents);
                var outcome = cohort.Run(assign, Reporter(assign), stop.Token);
                Instruments.StepsTrained(
                    (outcome.ToStep - assign.FromStep) * assign.Lanes.Length, assign.Family);
                stopped.ThrowIfCancellationRequested();
                Here.Self.Offer(new CohortMessage.Trained(assign, outcome));
            }
        }
        finally { cohort?.Dispose(); }
    }

    private Action<long> Reporter(Assign assign)
    {
        var last = Here.Clock.GetTimestamp();
        return step =>
        {
            if (Here.Clock.GetElapsedTime(last) < ProgressEvery) return;
            last = Here.Clock.GetTimestamp();
            worker.Offer(new WorkerMessage.Say(new Progress(assign.Segment, assign.Epoch, step)));
        };
    }

    private void Store(CohortMessage.Trained trained) => Here.Later(
        StoreAll(trained.Assign, trained.Outcome), commit => new CohortMessage.Stored(commit),
        error => new CohortMessage.Broken(error));

    private async Task<Commit> StoreAll(Assign assign, SegmentOutcome outcome)
    {
        var checkpoint = await blobs.Put(outcome.Checkpoint);
        var commit = new Commit(
            assign.Segment, assign.Epoch, assign.FromStep, outcome.ToStep,
            outcome.ToStep == assign.ToStep, checkpoint.Sha.ToString(),
            outcome.Checkpoint.Length, [.. outcome.Lanes], LanesBlob: null);
        if (outcome.Records is { } records)
            commit = commit with
            {
                Records = (await blobs.Put(records)).Sha.ToString(), RecordsBytes = records.Length,
            };
        if (MessageCodec.Encode(commit).Length <= LargestInlineCommit) return commit;
        var lanes = await blobs.Put(LaneResults.Encode(commit.Lanes));
        return commit with { Lanes = [], LanesBlob = lanes.Sha.ToString() };
    }
}
