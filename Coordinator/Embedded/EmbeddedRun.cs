using Mneme.Blobs;
using Mneme.Coordinator.Experiments;
using Mneme.Coordinator.Export;
using Mneme.Coordinator.Search;
using Mneme.Journal;
using Mneme.Specs;
using Mneme.Worker;

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
    /// <param name="TrialSteps">Those that were committed.</param>
    /// <param name="TrialStepsApart">What they are when no two trials share a beginning.</param>
    public sealed record Finished(
        ExperimentResults Results, string Folder, bool Trained, long TrialSteps,
        long TrialStepsApart) : RunOutcome;

    /// <summary>Stopped in good order; the same command goes on from here.</summary>
    public sealed record Stopped(long DoneTrialSteps, long TrialSteps) : RunOutcome;

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
        CheckExisting(request);
        if (request.Discard) StateFolder.Discard(request.Output, request.Spec.Name);
        await using var folder = StateFolder.Open(
            request.Output, request.Spec.Name, TimeProvider.System);
        try { return await Run(folder, request, watch, stop); }
        catch (Exception error) when (error is JournalException or BlobError)
        {
            throw StateFolder.Unusable(folder.Path, error);
        }
    }

    private static async Task<RunOutcome> Run(
        StateFolder folder, RunRequest request, Action<ExperimentView> watch,
        CancellationToken stop)
    {
        var submission = await Submissions.Enter(
            folder, request.Spec, request.Packing, request.MixNumerics);
        var trained = !submission.State.Completed;
        if (trained)
        {
            var stuck = await Train(folder, submission, request.Packing.Slots, watch, stop);
            submission = await submission.Reload(folder);
            if (!submission.State.Completed) return Unfinished(submission.State, stuck);
        }
        var results = ExperimentResults.Of(
            submission.Spec, submission.Family, submission.State, submission.Results);
        await Sweep.Run(
            folder.Blobs, BlobsInUse.Of(submission.State), TimeProvider.System,
            age: TimeSpan.Zero);
        var published = await Publication.Publish(
            new Workshop(
                folder.Path, folder.Blobs,
                NumericsClass.Describe(results.Spec.Resources.Device)),
            submission, results, request.Output);
        return new RunOutcome.Finished(
            results, published, trained, submission.State.DoneTrialSteps,
            submission.State.Plan.TrialStepsApart);
    }

    /// <exception cref="UserError">Results lie there that this program knows nothing
    /// of.</exception>
    private static void CheckExisting(RunRequest request)
    {
        var target = Publication.TargetOf(request.Output, request.Spec.Name);
        var known = StateFolder.Exists(request.Output, request.Spec.Name);
        if (request.Discard || known || !Directory.Exists(target)) return;
        throw new UserError(
            $"""
            {target} exists, but the state it was made from is gone, so it cannot be continued
            or checked. Nothing was changed. Choose one:
              - give the spec another name, to keep both;
              - choose another folder with --out;
              - run again with --discard, to replace it when the new results are complete.
            """);
    }

    private static async Task<string?> Train(
        StateFolder folder, Submission submission, int slots, Action<ExperimentView> watch,
        CancellationToken stop)
    {
        await using var cluster = new EmbeddedCluster(
            folder, submission, watch, TimeProvider.System);
        return await cluster.Finish(slots, stop);
    }

    private static RunOutcome Unfinished(ExperimentState state, string? stuck) => stuck is null
        ? new RunOutcome.Stopped(state.DoneTrialSteps, state.Plan.TrialSteps)
        : new RunOutcome.Stuck(stuck);
}
