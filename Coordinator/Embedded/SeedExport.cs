using Mneme.Blobs;
using Mneme.Coordinator.Export;
using Mneme.Coordinator.Export.SeedLayout;
using Mneme.Journal;
using Mneme.Specs;

namespace Mneme.Coordinator.Embedded;

/// <summary>A finished experiment once more in the layout of the published programs, in another
/// form than the results have.</summary>
public static class SeedExport
{
    /// <summary>Writes a folder for each trial.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="UserError">The experiment is not finished, its family has no such layout,
    /// or a file cannot be written.</exception>
    public static async Task<int> Write(
        ExperimentSpec spec, string output, string target, SeedOptions options)
    {
        if (!SeedFiles.Know(spec))
            throw new UserError(
                $"no results of the family {spec.Model} were published whose layout could be "
                + $"kept; {spec.Name}.pkl holds all its numbers", UserError.Usage);
        if (!StateFolder.Exists(output, spec.Name)) throw Unfinished(spec, output);
        await using var folder = StateFolder.Look(output, spec.Name, TimeProvider.System);
        try { return await Write(folder, spec, output, target, options); }
        catch (Exception error) when (error is JournalException or BlobError)
        {
            throw StateFolder.Unusable(folder.Path, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError(
                $"{target}: cannot be written ({error.Message}). Make the folder writable or "
                + "free some space, then run the same command again.", inner: error);
        }
    }

    private static async Task<int> Write(
        StateFolder folder, ExperimentSpec spec, string output, string target,
        SeedOptions options)
    {
        var stream = await folder.Journal.Read(spec.Name);
        if (stream.Count == 0) throw Unfinished(spec, output);
        Submissions.DemandSame(folder, spec, (ExperimentSubmitted)stream[0]);
        var submission = await Submissions.Look(folder, stream);
        if (!submission.State.Completed) throw Unfinished(spec, output);
        var results = ExperimentResults.Of(
            spec, submission.Family, submission.State, submission.Results);
        var reader = new TrialReader(results, submission.State, folder.Blobs);
        foreach (var (trial, segment, lane) in reader.InOrder())
            WriteTrial(await reader.Read(trial, segment, lane), target, options);
        return results.Trials.Length;
    }

    private static void WriteTrial(SeedTrial trial, string target, SeedOptions options)
    {
        var name = $"{trial.Spec.Name}_{trial.Result.Trial.Ordinal:D5}";
        var place = Directory.CreateDirectory(Path.Combine(target, name)).FullName;
        SeedFiles.Write(trial, name, options, (file, write) =>
        {
            using var stream = File.Create(Path.Combine(place, file));
            write(stream);
        });
    }

    private static UserError Unfinished(ExperimentSpec spec, string output) => new(
        $"{output}: experiment '{spec.Name}' is not finished there. Run it to its end with "
        + "'./mneme run SPEC', or name the folder of its results with --out.");
}
