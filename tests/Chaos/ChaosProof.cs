namespace Mneme.Tests.Chaos;

/// <summary>The same experiment twice: in one process, and in a cluster whose workers, leaders and
/// servers are killed, frozen and cut off meanwhile. The results must be the same bytes.</summary>
internal sealed class ChaosProof(ChaosOptions options, string folder)
{
    // Of the cluster's time: faults cost the rest, and the machine's cores are the same. On a quiet
    // machine they cost little, and training must not end before the last one strikes.
    private const double ShareOfTraining = 0.8;
    private readonly Tally tally = new();
    private readonly Sweep sweep = new(folder);

    public static async Task<int> Run(string[] arguments)
    {
        if (ChaosOptions.Parse(arguments) is not { } options)
        {
            Console.Error.WriteLine(ChaosOptions.Usage);
            return 2;
        }
        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine(
                "chaos: only root can cut a worker's network: run it as root");
            return 2;
        }
        var folder = LocalCluster.NewFolder("mneme-chaos-");
        Console.WriteLine($"seed {options.Seed}; everything lies in {folder}");
        if (!await new ChaosProof(options, folder).Holds())
        {
            Console.WriteLine($"It does not hold. Logs and data are in {folder}");
            return 1;
        }
        Directory.Delete(folder, recursive: true);
        return 0;
    }

    private async Task<bool> Holds()
    {
        tally.Tell("training it in one process");
        await sweep.Train(TimeSpan.FromMinutes(options.Minutes * ShareOfTraining));
        try { return await Endures(); }
        catch (Exception error) when (error is TimeoutException or InvalidOperationException)
        {
            tally.Tell(error.Message);
            return false;
        }
    }

    private async Task<bool> Endures()
    {
        await using var cluster = await LocalCluster.Start(folder);
        var leadsSince = TimeProvider.System.GetTimestamp();
        await using var wire = await Wire.Lay(cluster, "worker-0");
        foreach (var name in (string[])["worker-1", "worker-2"]) cluster.AddWorker(name);
        await Submit(cluster);
        // All three have a segment: only now come the ones who will have to wait for theirs.
        await Patience.Until("the first three train", async () =>
            (await cluster.Ledger.Held(Sweep.Name)).Count == 3);
        foreach (var name in (string[])["worker-3", "worker-4"]) cluster.AddWorker(name);
        var faults = new Faults(cluster, wire, Sweep.Name, options.Seed, tally);
        var weather = new Weather(cluster, faults, Sweep.Name, options, tally);
        await weather.Calm(leadsSince);
        tally.Tell("the storm begins");
        await weather.Storm();
        tally.Tell("the storm is over");
        await Patience.Until("the results are there", () => File.Exists(
            cluster.At($"results/{Sweep.Name}/manifest.json")), TimeSpan.FromHours(1));
        return await Report(cluster);
    }

    private async Task Submit(LocalCluster cluster)
    {
        var ended = await cluster.Ask(["experiment", "submit", sweep.Path, .. Sweep.Packing]);
        if (ended.ExitCode != 0) throw new InvalidOperationException(ended.Errors);
        tally.Tell(ended.Output.Trim());
    }

    private async Task<bool> Report(LocalCluster cluster)
    {
        var checks = new Checks(cluster, Sweep.Name);
        var passing = new Passing(cluster, Sweep.Name, tally);
        List<Finding> findings =
        [
            .. tally.Counts.Select(count => new Finding(count.Key, $"{count.Value}", true)),
            .. await passing.Findings(),
            .. await checks.All(sweep.Expected, Sweep.Trials * sweep.Steps),
            new("attempts", await checks.Attempts(), true),
        ];
        var width = findings.Max(finding => finding.What.Length);
        foreach (var (what, found, holds) in findings)
            Console.WriteLine($"{(holds ? "  " : "NO")} {what.PadRight(width)}  {found}");
        return findings.TrueForAll(finding => finding.Holds);
    }
}
