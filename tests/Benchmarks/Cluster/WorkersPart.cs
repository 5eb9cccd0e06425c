using System.Diagnostics;
using System.Text.Json;

namespace Mneme.Benchmarks.Cluster;

/// <summary>Can one coordinator look after so many workers? Each holds a segment, beats every five
/// seconds and says every second how far it is; then the broker is killed under them.</summary>
internal static class WorkersPart
{
    private const string Experiment = "herd";

    public static async Task Run(int workers, TimeSpan time)
    {
        Console.WriteLine($"\n{workers:N0} workers in one process, each on a link of its own");
        await using var cluster = await LocalCluster.Start();
        await cluster.Submit(
            $"name: {Experiment}\nmodel: no-op\nsteps: 1000000\nseeds: {workers}\n",
            "cohort_size=1");
        var watch = Stopwatch.StartNew();
        var herd = await cluster.AddHerd("herd", workers, slots: 1, "hold");
        await Until(herd, hearing => hearing.Live == workers);
        Console.WriteLine($"  all are live after {watch.Elapsed.TotalSeconds:F1} s");
        await Until(herd, hearing => hearing.Assigned >= workers);
        Console.WriteLine($"  all hold a segment after {watch.Elapsed.TotalSeconds:F1} s");
        await Watch(cluster, herd, time);
        await Break(cluster, herd, workers);
    }

    private static async Task Watch(LocalCluster cluster, Child herd, TimeSpan time)
    {
        await Hear(herd);
        var (before, watch) = (cluster.Loads(), Stopwatch.StartNew());
        await Wait.For(time);
        var (heard, after) = (await Hear(herd), cluster.Loads());
        var seconds = watch.Elapsed.TotalSeconds;
        Console.WriteLine($"  for {seconds:F0} s: {heard.Acks.Length / seconds:F0} beats/s "
            + $"acknowledged of {heard.Beats / seconds:F0}, "
            + $"{heard.Progress / seconds:F0} progress frames/s");
        Console.WriteLine($"  beat to acknowledgement: {Figures.Percentiles(heard.Acks)}");
        Console.WriteLine($"  taken for dead: {cluster.Logged("is silent")}, "
            + $"refused: {heard.Refused}, live at the end: {heard.Live:N0}");
        Figures.PrintLoads(before, after, watch.Elapsed);
    }

    private static async Task Break(LocalCluster cluster, Child herd, int workers)
    {
        var watch = Stopwatch.StartNew();
        await cluster.Servers.Kill("broker");
        await cluster.Servers.Begin("broker");
        var back = watch.Elapsed;
        await Until(herd, hearing => hearing.Live == workers);
        Console.WriteLine($"  broker killed: it takes connections again after "
            + $"{back.TotalSeconds:F1} s, all are live after {watch.Elapsed.TotalSeconds:F1} s");
        await Wait.For(TimeSpan.FromSeconds(15));
        var grants = (await cluster.Journal.Attempts(Experiment)).Count;
        Console.WriteLine($"  15 s later: {grants - workers} new grants, "
            + $"taken for dead: {cluster.Logged("is silent")}");
    }

    private static Task Until(Child herd, Func<Hearing, bool> condition) =>
        Wait.Until(async () => condition(await Hear(herd)));

    private static async Task<Hearing> Hear(Child herd) =>
        JsonSerializer.Deserialize<Hearing>(await herd.Ask("report"))!;
}
