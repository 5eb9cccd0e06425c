using System.Diagnostics;

namespace Mneme.Benchmarks.Cluster;

/// <summary>How long do trials take that compute nothing? From the submission over HTTP until the
/// database calls them done, and until their results are written.</summary>
internal static class NoOpPart
{
    public static async Task Run(int trials, int workers, int slots)
    {
        Console.WriteLine(
            $"\n{trials:N0} no-op trials, {workers} worker processes of {slots} slots");
        await using var cluster = await LocalCluster.Start();
        await cluster.AddWorkers(workers, slots);
        await Measure(cluster, "packed", trials, "");
        await Measure(cluster, "one-lane", trials, "cohort_size=1");
        await Measure(cluster, "one-lane-again", trials, "cohort_size=1");
        await RunAlone(cluster.Servers.Folder, trials);
    }

    private static async Task Measure(
        LocalCluster cluster, string name, int trials, string wishes)
    {
        var (before, watch) = (cluster.Loads(), Stopwatch.StartNew());
        await cluster.Submit(SpecOf(name, trials), wishes);
        var submitted = watch.Elapsed;
        await Wait.Until(() => cluster.IsDone(name));
        var (done, after) = (watch.Elapsed, cluster.Loads());
        await Wait.Until(() => Task.FromResult(cluster.IsPublished(name)));
        Console.WriteLine($"  {name,-16}{done.TotalSeconds,7:F1} s to done, "
            + $"{watch.Elapsed.TotalSeconds:F1} s to published "
            + $"({submitted.TotalSeconds:F1} s to submitted)");
        Figures.PrintLoads(before, after, done);
    }

    private static async Task RunAlone(string folder, int trials)
    {
        var spec = Path.Combine(folder, "alone.yaml");
        await File.WriteAllTextAsync(spec, SpecOf("alone", trials));
        var watch = Stopwatch.StartNew();
        await using var run = Child.Start(
            "Coordinator/release/mneme.dll", new Dictionary<string, string>(),
            "run", spec, "--out", Path.Combine(folder, "alone"));
        await run.End();
        Console.WriteLine($"  {"./mneme run",-16}{watch.Elapsed.TotalSeconds,7:F1} s from "
            + "start to end, in one process");
    }

    private static string SpecOf(string name, int trials) =>
        $"name: {name}\nmodel: no-op\nseeds: {trials}\n";
}
