using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Mneme.Journal.Postgres;

namespace Mneme.Benchmarks.Cluster;

/// <summary>One coordinator process on real servers; workers are added.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private static readonly string Token = Guid.NewGuid().ToString("N");
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(2) };

    private LocalCluster(PrivateServers servers, Child coordinator, PostgresJournal journal) =>
        (Servers, Coordinator, Journal) = (servers, coordinator, journal);

    public PrivateServers Servers { get; }
    public Child Coordinator { get; }

    /// <summary>To see what is committed without asking the coordinator.</summary>
    public PostgresJournal Journal { get; }

    public List<Child> Workers { get; } = [];

    public static async Task<LocalCluster> Start()
    {
        var servers = await PrivateServers.Start("all");
        var url = $"http://127.0.0.1:{FreePort()}";
        var coordinator = Child.Start(
            "Coordinator/release/mneme.dll", new Dictionary<string, string>
            {
                ["NODE"] = "coordinator", ["LISTEN"] = url, ["TOKEN"] = Token,
                ["BROKER"] = servers.Address("MNEME_BROKER_COORDINATOR"),
                ["DATABASE"] = servers.Address("MNEME_DATABASE"),
                ["STATE"] = $"{servers.Folder}/coordinator",
                ["BLOBS"] = $"{servers.Folder}/blobs", ["RESULTS"] = $"{servers.Folder}/results",
                ["LOG_FILE"] = $"{servers.Folder}/coordinator.log",
            }, "serve");
        var cluster = new LocalCluster(
            servers, coordinator, await PostgresJournal.Open(servers.Address("MNEME_DATABASE")));
        cluster.http.BaseAddress = new Uri(url);
        cluster.http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", Token);
        await Wait.Until(async () => await cluster.Ask("v1/cluster") is not null);
        return cluster;
    }

    public async Task AddWorkers(int count, int slots)
    {
        for (var i = 0; i < count; i++)
            Workers.Add(Child.Start(
                "Worker/release/mneme-worker.dll", WorkerSettings($"worker-{i}", slots)));
        await Wait.Until(async () => await CountWorkers() == count);
    }

    /// <summary>Processes of this program with workers whose words are measured.</summary>
    public async Task<Child> AddHerd(string node, int workers, int slots, string work)
    {
        var herd = Child.Start(
            "Benchmarks/release/mneme-bench.dll", WorkerSettings(node, slots),
            "herd", $"{workers}", work);
        Workers.Add(herd);
        await herd.Hear();
        return herd;
    }

    /// <param name="wishes">The query: how it is packed.</param>
    public async Task Submit(string spec, string wishes)
    {
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(spec));
        using var answer = await http.PostAsync(
            new Uri($"v1/experiments?{wishes}", UriKind.Relative), body);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
    }

    public async Task<bool> IsDone(string experiment) =>
        (await Journal.Experiments()).Single(row => row.Name == experiment).State == "done";

    public bool IsPublished(string experiment) =>
        Directory.Exists(Path.Combine(Servers.Folder, "results", experiment));

    /// <summary>Lines of the coordinator's log with these words.</summary>
    public int Logged(string words)
    {
        using var reader = new StreamReader(new FileStream(
            $"{Servers.Folder}/coordinator.log", FileMode.Open, FileAccess.Read,
            FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n')
            .Count(line => line.Contains(words, StringComparison.Ordinal));
    }

    /// <summary>Of each kind of process.</summary>
    public IReadOnlyList<(string Name, Load Load)> Loads() =>
    [
        ("coordinator", Coordinator.Load),
        ("workers", Workers.Aggregate(default(Load), (sum, worker) => sum + worker.Load)),
        ("RabbitMQ", Load.OfServer(Servers.BrokerId)),
        ("PostgreSQL", Load.OfServer(Servers.DatabaseId)),
    ];

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in Workers) await worker.DisposeAsync();
        await Coordinator.DisposeAsync();
        await Journal.DisposeAsync();
        http.Dispose();
        await Servers.Kill("all");
    }

    private Dictionary<string, string> WorkerSettings(string node, int slots) => new()
    {
        ["NODE"] = node, ["TOKEN"] = Token,
        ["SLOTS"] = slots.ToString(CultureInfo.InvariantCulture),
        ["BROKER"] = Servers.Address("MNEME_BROKER_WORKER"),
        ["BLOBS"] = $"{Servers.Folder}/blobs", ["STATE"] = $"{Servers.Folder}/{node}",
        ["LOG_FILE"] = $"{Servers.Folder}/{node}.log",
    };

    private async Task<int> CountWorkers() =>
        (await Ask("v1/cluster"))?.RootElement.GetProperty("workers").GetArrayLength() ?? 0;

    // Null: nobody leads yet.
    private async Task<JsonDocument?> Ask(string path)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
            return answer.IsSuccessStatusCode
                ? JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync())
                : null;
        }
        catch (HttpRequestException) { return null; }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
