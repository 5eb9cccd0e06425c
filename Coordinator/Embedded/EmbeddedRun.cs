using Mneme.Coordinator.Experiments;
using Mneme.Coordinator.Export;
using Mneme.Specs;

namespace Mneme.Coordinator.Embedded;

/// <param name="Output">The folder that holds results and state.</param>
/// <param name="Discard">Whether to throw away what exists under the experiment's name.</param>
public sealed record RunRequest(
    ExperimentSpec Spec, string Output, PackingWishes Packing,
    bool Discard = false, bool MixNumerics = false);

/// <summary>How a run ended.</summary>
public abstract record RunOutcome
{
    private RunOutcome() { }

    /// <param name="Folder">The published results.</param>
    /// <param name="Trained">Whether anything was left to train.</param>
    public sealed record Finished(
        ExperimentResults Results, string Folder, bool Trained) : RunOutcome;

    /// <summary>Stopped in good order; the same command goes on from here.</summary>
    public sealed record Stopped(ExperimentView View) : RunOutcome;

    /// <summary>Some segment failed again and again.</summary>
    public sealed record Stuck(string Reason) : RunOutcome;
}

/// <summary>Runs an experiment in this process, from wherever the journal says it is, and publishes
/// it.</summary>
public static class EmbeddedRun
{
    public static async Task<RunOutcome> Run(
        RunRequest request, Action<ExperimentView> watch, CancellationToken stop)
    {
        Publication.CheckExisting(request);
        if (request.Discard) StateFolder.Discard(request.Output, request.Spec.Name);
        await using var folder = StateFolder.Open(
            request.Output, request.Spec.Name, TimeProvider.System);
        var submission = await Submission.Enter(
            folder, request.Spec, request.Packing, request.MixNumerics);
        var trained = !submission.State.Completed;
        if (trained)
        {
            await using var cluster = new EmbeddedCluster(
                folder, submission, watch, TimeProvider.System);
            if (await cluster.Finish(request.Packing.Slots, stop) is { } early) return early;
            submission = await submission.Reload(folder);
        }
        var results = ExperimentResults.Of(
            submission.Spec, submission.Family, submission.State, submission.Results);
        await Sweep.Run(
            folder.Blobs, CheckpointsInUse.Of(submission.State), TimeProvider.System,
            age: TimeSpan.Zero);
        var published = await Publication.Publish(folder, submission, results, request.Output);
        return new RunOutcome.Finished(results, published, trained);
    }
}
