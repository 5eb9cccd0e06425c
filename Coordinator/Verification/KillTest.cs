using System.Diagnostics;
using Mneme.Random;

namespace Mneme.Coordinator.Verification;

/// <summary>What was seen when an experiment was run again and killed again and again.</summary>
/// <param name="Kills">Runs that were killed before they ended.</param>
/// <param name="Rounds">Times the experiment came to its end.</param>
/// <param name="Differing">Ends whose pickle was not the expected one.</param>
/// <param name="Faults">What the journals of the rounds had to complain of.</param>
internal sealed record KillReport(
    int Kills, int Rounds, int Differing, IReadOnlyList<string> Faults);

/// <summary>Runs an experiment in processes of its own, kills them without warning at random
/// moments, and goes on with the same command, until enough kills were survived. Whenever the
/// experiment ends, its pickle must be the expected one, and it starts anew.</summary>
/// <param name="command">Program and arguments, but for the folder of the results.</param>
/// <param name="seed">Of the moments.</param>
internal sealed class KillTest(IReadOnlyList<string> command, uint seed)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private readonly RandomStream moments = RandomStream.Named(seed, "kill/moment");

    /// <param name="workshop">An empty folder.</param>
    /// <param name="pickle">Path of the pickle below a folder of results.</param>
    public async Task<KillReport> Run(
        int kills, string workshop, string pickle, string expected,
        Func<string, Task<IReadOnlyList<string>>> journalFaults, Action<string> tell)
    {
        var (done, rounds, differing, faults) = (0, 0, 0, new List<string>());
        var (whole, open, unhurt) = (TimeSpan.MaxValue, true, true);
        while (done < kills || open)
        {
            var folder = Place(workshop, rounds);
            // The first round runs through, to learn how long that takes.
            var moment = rounds == 0 || done >= kills
                ? Longest
                : whole * moments.UniformDouble(done);
            var watch = Stopwatch.StartNew();
            if (!await RunFor(moment, folder))
            {
                (open, unhurt) = (true, false);
                tell($"kill {++done} of {kills} after {moment.TotalSeconds:F2} s");
                continue;
            }
            open = false;
            // The quickest of those that nobody killed: a slow one would have later kills miss.
            if (unhurt && watch.Elapsed < whole) whole = watch.Elapsed;
            unhurt = true;
            rounds++;
            if (PublishedFiles.HashOf(folder, pickle) != expected) differing++;
            faults.AddRange(await journalFaults(folder));
            tell($"round {rounds} came to its end after {done} kills");
        }
        return new KillReport(done, rounds, differing, faults);
    }

    private static string Place(string workshop, int round) =>
        Path.Combine(workshop, $"round-{round}");

    // True when the run came to its end by itself.
    private async Task<bool> RunFor(TimeSpan moment, string folder)
    {
        var start = new ProcessStartInfo(command[0], [.. command.Skip(1), "--out", folder])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(moment);
        try { await process.WaitForExitAsync(limit.Token); }
        catch (OperationCanceledException) { process.Kill(); }
        await process.WaitForExitAsync();
        await output;
        if (limit.IsCancellationRequested && process.ExitCode != 0) return false;
        return process.ExitCode == 0
            ? true
            : throw new UserError(
                $"a run failed instead of ending or being killed: {await errors}");
    }
}
