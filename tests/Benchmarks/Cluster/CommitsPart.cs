using System.Diagnostics;
using System.Text.Json;

namespace Mneme.Benchmarks.Cluster;

/// <summary>How many segments end in a second, and how long does a worker wait for the answer to a
/// commit? Each segment is one step of one lane; a chain of them is one trial.</summary>
internal static class CommitsPart
{
    private const int Steps = 50;

    public static async Task Run(int segments, int workers, int slots)
    {
        Console.WriteLine(
            $"\n{segments:N0} segments of one step, {workers} worker processes of {slots} slots");
        await using var cluster = await LocalCluster.Start();
        for (var i = 0; i < workers; i++)
            await cluster.AddHerd($"worker-{i}", 1, slots, "train");
        await Measure(cluster, "warm-up", segments / 10);
        await Measure(cluster, "commits", segments);
    }

    private static async Task Measure(LocalCluster cluster, string name, int segments)
    {
        await Hear(cluster);
        var (before, watch) = (cluster.Loads(), Stopwatch.StartNew());
        await cluster.Submit(
            $"name: {name}\nmodel: no-op\nsteps: {Steps}\nseeds: {segments / Steps}\n",
            "cohort_size=1&segment_steps=1");
        await Wait.Until(() => cluster.IsDone(name));
        var (time, after) = (watch.Elapsed, cluster.Loads());
        var replies = await Hear(cluster);
        Console.WriteLine($"  {name,-10}{segments / time.TotalSeconds,7:F0} commits/s; "
            + $"commit to reply {Figures.Percentiles(replies)} ({replies.Count:N0} seen)");
        Figures.PrintLoads(before, after, time);
    }

    private static async Task<List<double>> Hear(LocalCluster cluster)
    {
        var replies = new List<double>();
        foreach (var worker in cluster.Workers)
            replies.AddRange(
                JsonSerializer.Deserialize<Hearing>(await worker.Ask("report"))!.Replies);
        return replies;
    }
}
