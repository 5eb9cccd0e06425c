using Mneme.Actors;
using Mneme.Blobs;
using Mneme.Messages;
using Mneme.Transport;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker;

/// <summary>A worker process: its actor, and whatever link to the broker there is.</summary>
public sealed class WorkerNode : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private readonly ActorSystem system;
    private readonly WorkerLink voice = new();
    private readonly Address<WorkerMessage> worker;
    private readonly LinkLoop links;
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource gone =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task running = Task.CompletedTask;

    public WorkerNode(
        ITransport transport, WorkerIdentity me, Func<string?, IBlobStore> blobsAt,
        Func<Assign, IBlobStore, Address<WorkerMessage>, Actor<CohortMessage>> newCohort,
        ActorSettings settings)
    {
        system = new ActorSystem("worker", settings);
        worker = system.Spawn<WorkerMessage>(
            "worker", () => new WorkerActor(new WorkerSurroundings(
                me, voice.Send, () => gone.TrySetResult(), blobsAt, newCohort,
                BeatsOnThread: settings.Clock == TimeProvider.System)),
            Supervision.Escalate);
        links = new LinkLoop(
            transport, new Caller(me.Node, me.Incarnation), settings.Clock, settings.Seed,
            link => voice.Use(link, worker),
            why => new Log(settings.Log, "worker", settings.Clock).Warning($"no broker: {why}"));
    }

    /// <summary>Completes when a drained worker has nothing left.</summary>
    public Task Gone => gone.Task;

    /// <summary>Completes when it cannot go on: the coordinator refused it, or its memory is
    /// suspect.</summary>
    public Task<Exception> Failure => system.Failure;

    public void Start() => running = links.Run(stop.Token);

    /// <summary>Stops every cohort at its next step, commits, and goes.</summary>
    public void Drain(TimeSpan within) => worker.Offer(new WorkerMessage.Drain(within));

    public async ValueTask DisposeAsync()
    {
        await system.Terminate(Grace);
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }
}
