using Mneme.Blobs;
using Mneme.Coordinator.Experiments;
using Mneme.Coordinator.Export.SeedLayout;
using Mneme.Results;
using Mneme.Specs;

namespace Mneme.Coordinator.Export;

/// <summary>Where results are made from.</summary>
/// <param name="Folder">For files on their way; on the same file system as the results.</param>
/// <param name="Numerics">The class of machines that trained them, in words.</param>
internal sealed record Workshop(string Folder, IBlobStore Blobs, string Numerics);

/// <summary>Turns a finished experiment into <c>OUT/NAME/</c>.</summary>
internal static class Publication
{
    public static string TargetOf(string output, string experiment) =>
        Path.Combine(output, experiment);

    /// <summary>Writes what is not published yet; gives the folder.</summary>
    public static async Task<string> Publish(
        Workshop workshop, Submission submission, ExperimentResults results, string output)
    {
        var target = TargetOf(output, results.Spec.Name);
        if (Manifest.PublishedIdentity(target) == Manifest.IdentityOf(results)) return target;
        try
        {
            var folder = new ResultFolder(workshop.Folder);
            await WriteAll(folder, workshop, submission, results);
            folder.Publish(target);
            return target;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError(
                $"{target}: the results cannot be written ({error.Message}). Everything is "
                + "trained and safe: free some space or mend the permissions, "
                + "then run the same command again.", inner: error);
        }
    }

    // The first trial's log and sequences lie beside the numbers of all trials: a script for one
    // published run finds them where it looks.
    private static async Task WritePickles(
        ResultFolder folder, ExperimentResults results, ContinualResults? continual,
        RankResults? ranks, TrialReader trials)
    {
        var (name, all) = (results.Spec.Name, ResultsPickle.Of(results, continual, ranks));
        if (SeedFiles.Know(results.Spec))
        {
            var first = await trials.ReadFirst();
            foreach (var (key, value) in SeedFiles.Log(first)) all[key] = value;
            if (SequencesPickle.Of(first, readmeShapes: false) is { } sequences)
                folder.Write($"{name}_sequences.pkl", stream => Pickle.Write(stream, sequences));
        }
        folder.Write($"{name}.pkl", stream => Pickle.Write(stream, all));
    }

    private static async Task WriteAll(
        ResultFolder folder, Workshop workshop, Submission submission, ExperimentResults results)
    {
        var continual = ContinualResults.Of(results);
        var ranks = await RankResults.Of(
            results, new ExperimentRecords(submission.State, workshop.Blobs).Of);
        await WritePickles(folder, results, continual, ranks, new TrialReader(
            results, submission.State, workshop.Blobs));
        folder.WriteText("trials.csv", text => ResultTables.WriteTrials(results, continual, text));
        if (continual is not null)
        {
            folder.WriteText(SwitchTable.FileName, text => SwitchTable.Write(continual, text));
            folder.WriteText(SummaryTable.FileName, text => SummaryTable.Write(continual, text));
        }
        if (ranks is not null)
            folder.WriteText(RankTable.FileName, text => RankTable.Write(ranks, text));
        folder.WriteText("points.csv", text => ResultTables.WritePoints(results, text));
        folder.WriteText("experiment.yaml", text => text.Write(SpecWriter.Write(results.Spec)));
        await WriteFigures(folder, workshop, submission, results, continual, ranks);
        await TrialFolders.Write(folder, results, submission.State, workshop.Blobs);
        folder.Write(Manifest.FileName, stream => Manifest.Write(
            stream, results, submission.State,
            workshop.Numerics, folder.Hashes));
    }

    private static async Task WriteFigures(
        ResultFolder folder, Workshop workshop, Submission submission, ExperimentResults results,
        ContinualResults? continual, RankResults? ranks)
    {
        var figures = await ResultFigures.Of(
            results, continual, new ExperimentRecords(submission.State, workshop.Blobs).Of);
        foreach (var figure in figures.All)
            folder.WriteText($"plots/{figure.Name}.svg", text => text.Write(figure.Svg));
        if (continual is null) return;
        var report = new ExperimentReport(results, continual, figures, Progress: null)
        {
            Ranks = ranks,
        };
        folder.WriteText(ExperimentReport.FileName, text => text.Write(report.Html()));
    }
}
