using System.Collections.Immutable;
using Mneme.Actors;
using Mneme.Blobs;
using Mneme.Coordinator.Dispatch;
using Mneme.Coordinator.Experiments;
using Mneme.Messages;
using Mneme.Transport;
using Mneme.Transport.InProcess;
using Mneme.Worker;
using Microsoft.Data.Sqlite;

namespace Mneme.Coordinator.Embedded;

/// <summary>A whole cluster in one process: a coordinator and a worker that talk through an
/// in-process broker, over a SQLite journal and a folder of blobs.</summary>
internal sealed class EmbeddedCluster(
    StateFolder folder, Submission submission, Action<ExperimentView> watch, TimeProvider clock,
    Faults? weather = null) : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CommitWithin = TimeSpan.FromHours(1);
    private readonly ActorSystem system = new("embedded", new ActorSettings { Clock = clock });
    private readonly InProcessBroker broker = new(clock, faults: weather);
    private readonly TaskCompletionSource<string?> over =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs until the experiment is complete, stuck, or stopped by the token.</summary>
    /// <returns>Why it is stuck, or null.</returns>
    public async Task<string?> Finish(int slots, CancellationToken stop)
    {
        var node = Environment.MachineName;
        await using var coordinator = await broker.Connect(
            new Caller(node, "coordinator"), default);
        await using var worker = await broker.Connect(new Caller(node, "worker"), default);
        var dispatch = StartCoordinator(
            new CoordinatorLink(coordinator, submission.LeaderEpoch));
        StartWorker(worker, slots);
        await using var registration = stop.Register(
            () => dispatch.Offer(new DispatchMessage.Drain(Node: null)));
        if (await Task.WhenAny(over.Task, system.Failure) == system.Failure)
            throw Explained(await system.Failure);
        return await over.Task;
    }

    public async ValueTask DisposeAsync() => await system.Terminate(Grace);

    private Address<DispatchMessage> StartCoordinator(CoordinatorLink link)
    {
        var dispatch = system.Spawn<DispatchMessage>("dispatch",
            () => new DispatchActor(new DispatchSurroundings(
                folder.Journal, submission.LeaderEpoch, Admit: _ => null,
                () => Guid.NewGuid().ToString("N"), BlobUrl: null, Deposed)),
            Supervision.Escalate, DispatchActor.Room);
        var experiment = system.Spawn<ExperimentMessage>(
            "experiment", () => NewExperiment(dispatch), Supervision.Escalate);
        dispatch.Offer(new DispatchMessage.Host(submission.Spec.Name, experiment));
        dispatch.Offer(new DispatchMessage.Linked(link));
        link.Serve(dispatch);
        _ = link.Pump(dispatch, over: default);
        return dispatch;
    }

    private ExperimentActor NewExperiment(Address<DispatchMessage> dispatch) => new(
        submission.Spec, submission.Family, submission.State, submission.Results,
        new ExperimentSurroundings(
            folder.Journal, submission.LeaderEpoch, dispatch, ExperimentDecisions.Decide,
            HasBlob, FetchLanes, Delete, Watch, Deposed));

    private void Deposed() => over.TrySetException(
        new UserError("another process took over this experiment"));

    // Whether this machine computes the experiment's bits was asked when it was entered.
    private void StartWorker(ILink link, int slots)
    {
        var voice = new WorkerLink();
        var me = new WorkerIdentity(
            Environment.MachineName, Guid.NewGuid().ToString("N"), slots,
            submission.Spec.Resources.Device, submission.State.Numerics, Catalogue: "");
        var worker = system.Spawn<WorkerMessage>("worker",
            () => new WorkerActor(new WorkerSurroundings(
                me, voice.Send, () => over.TrySetResult(null), _ => folder.Blobs,
                Catalog.NewCohort, BeatsOnThread: clock == TimeProvider.System)),
            Supervision.Escalate);
        _ = voice.Use(link, worker);
    }

    private Task<int> Delete(IReadOnlySet<string> inUse) =>
        Sweep.Run(folder.Blobs, inUse, clock, CommitWithin);

    private async Task<bool> HasBlob(string name, long size) =>
        Sha.TryParse(name, out var sha) && await folder.Blobs.Has(sha, size);

    private async Task<ImmutableArray<LaneResult>> FetchLanes(string sha) =>
        [.. LaneResults.Decode(await folder.Blobs.Get(Sha.Parse(sha)))];

    private void Watch(ExperimentView view)
    {
        watch(view);
        if (view.Completed) over.TrySetResult(null);
        else if (view.Trouble is { } trouble) over.TrySetException(OutOfStorage(trouble));
        else if (view.Stuck is { } reason) over.TrySetResult(reason);
    }

    private static Exception Explained(Exception failure) =>
        failure.GetBaseException() is var cause and (SqliteException or IOException)
            ? OutOfStorage(cause.Message)
            : new InvalidOperationException("a part of the cluster failed", failure);

    private static UserError OutOfStorage(string what) => new(
        $"what was computed cannot be stored: {what}. What is committed is safe: free some "
        + "space or mend the permissions, then run the same command again.");
}
