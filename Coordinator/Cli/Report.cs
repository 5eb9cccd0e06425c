using System.Globalization;
using Mneme.Coordinator.Embedded;
using Mneme.Coordinator.Export;

namespace Mneme.Coordinator.Cli;

/// <summary>The last words of a run: what came out and where it lies.</summary>
internal static class Report
{
    private const int MostRows = 20;

    public static void Write(RunOutcome outcome, string command)
    {
        switch (outcome)
        {
            case RunOutcome.Finished finished: Finished(finished); break;
            case RunOutcome.Stopped stopped:
                Console.WriteLine(
                    $"Stopped at a checkpoint: {stopped.DoneTrialSteps:N0} of "
                    + $"{stopped.TrialSteps:N0} trial-steps are done and safe.\n"
                    + $"Go on with: {command}");
                break;
            case RunOutcome.Stuck stuck:
                Console.Error.WriteLine(
                    $"mneme: the experiment cannot go on: {stuck.Reason}\n"
                    + "Mend the cause, then run it again with --discard.");
                break;
        }
    }

    private static void Finished(RunOutcome.Finished finished)
    {
        if (!finished.Trained) Console.WriteLine("Everything was trained already.");
        var table = new ConfigurationTable(finished.Results);
        var rows = table.Rows.Take(MostRows).ToList();
        var shown = TextTable.Fitting(table.Headers, rows, Width);
        foreach (var line in TextTable.Lines(
            [.. table.Headers.Take(shown)], [.. rows.Select(row => row[..shown])]))
            Console.WriteLine(line);
        if (shown < table.Headers.Count)
            Console.WriteLine($"... and {string.Join(", ", table.Headers.Skip(shown))}: "
                + "trials.csv has them");
        if (table.Rows.Count > MostRows)
            Console.WriteLine($"... and {table.Rows.Count - MostRows} more configurations: "
                + "trials.csv has them all");
        if (finished.TrialSteps < finished.TrialStepsApart)
            Console.WriteLine("Shared beginnings saved "
                + $"{ExperimentCommand.Share(finished.TrialSteps, finished.TrialStepsApart)}.");
        Console.WriteLine($"Results: {finished.Folder}");
        Console.WriteLine(
            "Load them: python3 -c \"import pickle; "
            + $"r = pickle.load(open('{Pickle(finished)}', 'rb')); print(r.keys())\"");
    }

    // What is not a terminal has room for everything.
    private static int Width => Console.IsOutputRedirected ? int.MaxValue : Console.WindowWidth;

    private static string Pickle(RunOutcome.Finished finished) =>
        Path.Combine(finished.Folder, $"{finished.Results.Spec.Name}.pkl");
}
