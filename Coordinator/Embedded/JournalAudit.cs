using Mneme.Blobs;
using Mneme.Coordinator.Export;
using Mneme.Journal;
using Mneme.Worker.Cohorts;

namespace Mneme.Coordinator.Embedded;

/// <summary>Looks through an experiment's journal for anything lost, doubled or out of step.
/// </summary>
public static class JournalAudit
{
    /// <summary>One line per fault; none when all is well.</summary>
    public static async Task<IReadOnlyList<string>> Faults(string output, string experiment)
    {
        if (!StateFolder.Exists(output, experiment))
            return [$"the state in {StateFolder.PathOf(output, experiment)} is gone"];
        try { return await FaultsOf(output, experiment); }
        catch (Exception error) when (error is JournalException or BlobError)
        {
            throw StateFolder.Unusable(StateFolder.PathOf(output, experiment), error);
        }
    }

    private static async Task<IReadOnlyList<string>> FaultsOf(string output, string experiment)
    {
        await using var folder = StateFolder.Open(output, experiment, TimeProvider.System);
        var faults = new List<string>(await folder.Journal.Verify(experiment));
        var stream = await folder.Journal.Read(experiment);
        if (stream.Count == 0)
            return [.. faults, $"the journal knows no experiment '{experiment}'"];
        var submission = await Submissions.Look(folder, stream);
        var results = ExperimentResults.Of(
            submission.Spec, submission.Family, submission.State, submission.Results);
        var records = new ExperimentRecords(submission.State, folder.Blobs);
        foreach (var trial in results.Trials)
            if (Recomputed(trial, await records.Of(trial.Trial.Ordinal)) != trial.Chain)
                faults.Add(
                    $"trial {trial.Trial.Ordinal}: its points do not give its chain hash");
        return faults;
    }

    private static string Recomputed(TrialResult trial, TrialRecords records)
    {
        var chain = new ChainHash(new LaneState(1), 1);
        for (var p = 0; p < trial.Steps.Length; p++)
            chain.Extend(
                0, trial.Steps[p], [.. trial.Values.Select(values => values[p])],
                [.. records.At(p)]);
        return chain.Text(0);
    }
}
