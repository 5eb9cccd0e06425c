using System.Diagnostics;
using System.Globalization;
using Mneme.Journal;
using Mneme.Journal.Postgres;
using Mneme.Journal.Sqlite;

namespace Mneme.Benchmarks;

/// <summary>Fenced commits per second: the end of one segment and the grant of the next in one
/// transaction, with the results of one lane.</summary>
internal static class JournalBenchmark
{
    private static readonly (int Streams, int PerTransaction)[] Arms =
        [(1, 1), (8, 1), (32, 1), (1, 64), (8, 64)];

    public static async Task Run(TimeSpan time, string? database)
    {
        Console.WriteLine($"{"store",-12}{"streams",8}{"a write",9}{"commits/s",11}"
            + $"{"p50 ms",9}{"p99 ms",9}");
        var folder = Directory.CreateTempSubdirectory("mneme-bench-");
        await using (var sqlite = new SqliteJournal(
            Path.Combine(folder.FullName, "journal.db"), TimeProvider.System))
            await Measure("SQLite", sqlite, time);
        folder.Delete(recursive: true);
        await using (var postgres = await PostgresJournal.Open(
            database ?? (await PrivateServers.Start("database")).Address("MNEME_DATABASE")))
            await Measure("PostgreSQL", postgres, time);
    }

    private static async Task Measure(string store, IJournal journal, TimeSpan time)
    {
        var epoch = await journal.TakeLead(new("bench", "life", ""), TimeSpan.Zero)
            ?? throw new InvalidOperationException("another coordinator leads on this database");
        await Measure(journal, epoch, (1, 1), time / 4); // the first statements are prepared
        foreach (var arm in Arms)
        {
            var streams = await Measure(journal, epoch, arm, time);
            double[] waits = [.. streams.SelectMany(stream => stream.Waits).Order()];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{store,-12}{arm.Streams,8}{arm.PerTransaction,9}"
                + $"{streams.Sum(stream => stream.PerSecond),11:N0}"
                + $"{waits[waits.Length / 2],9:F2}{waits[waits.Length * 99 / 100],9:F2}"));
        }
    }

    private static async Task<CommitStream[]> Measure(
        IJournal journal, long epoch, (int Streams, int PerTransaction) arm, TimeSpan time)
    {
        CommitStream[] streams = [.. Enumerable.Range(0, arm.Streams)
            .Select(_ => new CommitStream(journal, epoch, arm.PerTransaction))];
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(streams.Select(stream => Task.Run(async () =>
        {
            while (watch.Elapsed < time) await stream.Next();
        })));
        return streams;
    }
}
