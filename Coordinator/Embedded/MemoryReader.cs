using Mneme.Blobs;
using Mneme.Coordinator.Experiments;
using Mneme.Coordinator.Memories;
using Mneme.Journal;
using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker;
using Mneme.Worker.Cohorts;

namespace Mneme.Coordinator.Embedded;

/// <summary>Memories of an experiment's trials, at any step that was trained. Checkpoints in
/// between are swept: what is missing is trained again, one lane of it.</summary>
public sealed class MemoryReader : IAsyncDisposable
{
    private readonly StateFolder folder;
    private readonly Submission submission;
    private readonly HashSet<string> kept;

    private MemoryReader(StateFolder folder, Submission submission, HashSet<string> kept) =>
        (this.folder, this.submission, this.kept) = (folder, submission, kept);

    private ExperimentSpec Spec => submission.Spec;

    /// <exception cref="UserError">It was never begun there, or another process uses it.
    /// </exception>
    public static async Task<MemoryReader> Open(string output, string experiment)
    {
        if (!StateFolder.Exists(output, experiment)) throw NeverBegun(output, experiment);
        var folder = StateFolder.Open(output, experiment, TimeProvider.System);
        try { return await Open(folder, output, experiment); }
        catch
        {
            await folder.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether this machine and program compute the bits that were computed then.
    /// </summary>
    public bool IsOfThisNumerics { get; private init; }

    /// <param name="step">The last one trained if null. At a switch: before it.</param>
    /// <exception cref="UserError">There is no such trial, it is not that far, or its family has
    /// no memory.</exception>
    public async Task<RecalledMemory> Read(int trial, long? step)
    {
        try
        {
            var (at, replayed, lane) = await Replay(trial, step);
            return new RecalledMemory(
                Spec.Name, Spec.Model, trial, at, replayed, lane.Memory ?? throw new UserError(
                    $"the family {Spec.Model} has no memory to look at"));
        }
        catch (Exception error) when (error is BlobError or MalformedFileException)
        {
            throw StateFolder.Unusable(folder.Path, error);
        }
    }

    public ValueTask DisposeAsync() => folder.DisposeAsync();

    /// <summary>A trial's lane as it was, with everything that a checkpoint holds.</summary>
    internal async Task<(long Step, long Replayed, ReplayedLane Lane)> Replay(
        int trial, long? step)
    {
        var trials = submission.State.Plan.Trials.Length;
        if (trial < 0 || trial >= trials)
            throw new UserError(
                $"'{Spec.Name}' has no trial {trial}; expected one from 0 to {trials - 1}",
                UserError.Usage);
        var route = new ReplayRoute(Spec, submission.State, trial);
        var at = step ?? route.TrainedSteps;
        if (at > route.TrainedSteps) throw NotTrained(trial, at, route.TrainedSteps);
        var stretches = route.To(at, kept.Contains);
        var parents = new List<SafetensorsFile>();
        foreach (var sha in stretches[0].Parents)
            parents.Add(Safetensors.Read(await folder.Blobs.Get(Sha.Parse(sha)), sha));
        return (at, at - stretches[0].FromStep, LaneReplay.Run(stretches, parents));
    }

    private static async Task<MemoryReader> Open(
        StateFolder folder, string output, string experiment)
    {
        try
        {
            var stream = await folder.Journal.Read(experiment);
            if (stream.Count == 0) throw NeverBegun(output, experiment);
            var submission = await Submissions.Look(folder, stream);
            DeviceCheck.Demand(submission.Spec.Resources.Device);
            var kept = new HashSet<string>();
            await foreach (var blob in folder.Blobs.List()) kept.Add(blob.Sha.ToString());
            var numerics = ((ExperimentSubmitted)stream[0]).Numerics;
            return new MemoryReader(folder, submission, kept)
            {
                IsOfThisNumerics =
                    numerics == NumericsClass.Of(submission.Spec.Resources.Device),
            };
        }
        catch (Exception error) when (error is JournalException or BlobError)
        {
            throw StateFolder.Unusable(folder.Path, error);
        }
    }

    private static UserError NeverBegun(string output, string experiment) => new(
        $"{output}: no experiment '{experiment}' was begun there. Run it first, or name its "
        + "folder with --out.");

    private UserError NotTrained(int trial, long step, long trained) => new(
        $"trial {trial} of '{Spec.Name}' is trained up to step {trained}: there is no step {step} "
        + "yet. Name an earlier one, or run the experiment on.");
}
