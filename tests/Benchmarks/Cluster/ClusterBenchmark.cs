using System.Globalization;

namespace Mneme.Benchmarks.Cluster;

/// <summary>A whole cluster on this machine: real processes, RabbitMQ and PostgreSQL.</summary>
internal static class ClusterBenchmark
{
    public const string Usage =
        "mneme-bench cluster [--part no-op|workers|commits|all] [--trials N] [--processes N] "
        + "[--slots N] [--workers N] [--seconds S] [--segments N]";

    public static async Task<int> Run(Func<string, string, string> option)
    {
        var part = option("--part", "all");
        if (part is not ("no-op" or "workers" or "commits" or "all"))
        {
            Console.Error.WriteLine($"usage: {Usage}");
            return 2;
        }
        var (processes, slots) = (Number("--processes", 4), Number("--slots", 2));
        if (part is "no-op" or "all")
            await NoOpPart.Run(Number("--trials", 10_000), processes, slots);
        if (part is "commits" or "all")
            await CommitsPart.Run(Number("--segments", 10_000), processes, slots);
        if (part is "workers" or "all")
            await WorkersPart.Run(
                Number("--workers", 1_000), TimeSpan.FromSeconds(Number("--seconds", 60)));
        return 0;

        int Number(string name, int fallback) => int.Parse(
            option(name, $"{fallback}"), CultureInfo.InvariantCulture);
    }
}
