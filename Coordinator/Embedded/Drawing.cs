using Mneme.Blobs;
using Mneme.Coordinator.Export;
using Mneme.Journal;
using Mneme.Specs;

namespace Mneme.Coordinator.Embedded;

/// <summary>Figures and report of an experiment as it is now, from what its journal holds;
/// another process may be training it meanwhile.</summary>
/// <param name="Progress">Null when it is finished.</param>
internal sealed record Drawing(
    string Folder, ExperimentResults Results, ResultFigures Figures, RankResults? Ranks,
    ReportProgress? Progress)
{
    // No experiment can have this name. Published results have figures of their own, which their
    // manifest vouches for; these here may be newer than the program that made those.
    private const string FolderName = "_reports";

    /// <exception cref="UserError">Nothing is there yet, or the state cannot be read.</exception>
    public static async Task<Drawing> Of(ExperimentSpec spec, string output)
    {
        if (!StateFolder.Exists(output, spec.Name)) throw Nothing(spec, output);
        await using var folder = StateFolder.Look(output, spec.Name, TimeProvider.System);
        try { return await Read(folder, spec, output); }
        catch (Exception error) when (error is JournalException or BlobError)
        {
            throw StateFolder.Unusable(folder.Path, error);
        }
    }

    /// <summary>Replaces earlier figures; gives their folder.</summary>
    public string WritePlots()
    {
        var plots = Path.Combine(Folder, "plots");
        Write(() =>
        {
            if (Directory.Exists(plots)) Directory.Delete(plots, recursive: true);
            foreach (var figure in Figures.All)
                WriteFile(Path.Combine(plots, $"{figure.Name}.svg"), figure.Svg);
        });
        return plots;
    }

    /// <summary>Replaces an earlier report; gives its file.</summary>
    public string WriteReport()
    {
        var file = Path.Combine(Folder, ExperimentReport.FileName);
        var report = new ExperimentReport(
            Results, ContinualResults.Of(Results), Figures, Progress) { Ranks = Ranks };
        Write(() => WriteFile(file, report.Html()));
        return file;
    }

    private static async Task<Drawing> Read(
        StateFolder folder, ExperimentSpec spec, string output)
    {
        var stream = await folder.Journal.Read(spec.Name);
        if (stream.Count == 0) throw Nothing(spec, output);
        Submissions.DemandSame(folder, spec, (ExperimentSubmitted)stream[0]);
        var (_, family, state, rows, _) = await Submissions.Look(folder, stream);
        var results = ExperimentResults.Of(spec, family, state, rows);
        if (results.Trials.All(trial => trial.Steps.Length == 0)) throw Nothing(spec, output);
        var records = new ExperimentRecords(state, folder.Blobs);
        return new Drawing(
            Path.Combine(output, FolderName, spec.Name), results,
            await ResultFigures.Of(results, ContinualResults.Of(results), records.Of),
            await RankResults.Of(results, records.Of),
            state.Completed ? null : new ReportProgress(
                state.DoneTrialSteps, state.Plan.TrialSteps, state.FinishedTrials));
    }

    private static void WriteFile(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private void Write(Action write)
    {
        try { write(); }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError(
                $"{Folder}: cannot be written ({error.Message}). Make the folder writable or free "
                + "some space, then run the same command again.", inner: error);
        }
    }

    private static UserError Nothing(ExperimentSpec spec, string output) => new(
        $"{output}: nothing of experiment '{spec.Name}' is trained yet. Train it first with "
        + "'./mneme run SPEC', or name the folder of its results with --out.");
}
