using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using Mneme.Tests.Coordinator.Cli;
using Mneme.Tests.Servers;

namespace Mneme.Tests.Chaos;

/// <summary>A cluster of real processes with servers of its own, all of which lies in one folder:
/// what was killed is started again.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private readonly Dictionary<string, Supervised> processes = [];
    private readonly Dictionary<string, string> urls = [];
    private readonly HttpClient client = new(
        new HttpClientHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(2) };
    private readonly string folder;

    private LocalCluster(string folder)
    {
        this.folder = folder;
        Servers = new LocalServers(At("servers"));
        Directory.CreateDirectory(At("results"));
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        File.WriteAllText(At("token"), token);
        client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", token);
    }

    public LocalServers Servers { get; }

    public Ledger Ledger => new(Servers.Address("MNEME_DATABASE"));

    public Supervised this[string name] => processes[name];

    public IEnumerable<Supervised> Workers => processes.Values.Where(
        process => process.Name.StartsWith("worker", StringComparison.Ordinal));

    public static async Task<LocalCluster> Start(string folder, int coordinators = 2)
    {
        var cluster = new LocalCluster(folder);
        await cluster.Servers.Start("all");
        for (var i = 0; i < coordinators; i++) cluster.AddCoordinator($"coordinator-{i}");
        await Patience.Until("a coordinator leads", async () =>
            await cluster.Ledger.Leader() is { IsRunning: true });
        return cluster;
    }

    /// <summary>A temporary one, through which the database's user gets to its data.</summary>
    public static string NewFolder(string prefix)
    {
        var folder = Directory.CreateTempSubdirectory(prefix).FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder)
                | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        return folder;
    }

    public string At(string name) => Path.Combine(folder, name);

    public Supervised AddCoordinator(string name)
    {
        urls[name] = $"http://127.0.0.1:{FreePort()}";
        return Add(name, Programs.Mneme, null, ["serve"], new()
        {
            ["MNEME_BROKER"] = Servers.Address("MNEME_BROKER_COORDINATOR"),
            ["MNEME_DATABASE"] = Servers.Address("MNEME_DATABASE"),
            ["MNEME_RESULTS"] = At("results"), ["MNEME_LISTEN"] = urls[name],
        });
    }

    public Supervised AddWorker(string name, params (string Setting, string Value)[] settings) =>
        AddWorker(name, null, settings);

    /// <param name="inside">A network of its own that it lives in.</param>
    public Supervised AddWorker(
        string name, Partition? inside, params (string Setting, string Value)[] settings)
    {
        var all = new Dictionary<string, string>
        {
            ["MNEME_BROKER"] = Servers.Address("MNEME_BROKER_WORKER"), ["MNEME_SLOTS"] = "1",
            ["MNEME_GRACE"] = "20s",
        };
        foreach (var (setting, value) in settings) all[setting] = value;
        return Add(name, Programs.Worker, inside, [], all);
    }

    /// <summary>Whether a coordinator would answer, or say who does.</summary>
    public async Task<bool> Answers(string coordinator)
    {
        try
        {
            using var answer = await client.GetAsync($"{urls[coordinator]}/v1/experiments");
            return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.TemporaryRedirect;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>Whether the leader has heard of a step, committed or not.</summary>
    public async Task<bool> HasTrained(string experiment)
    {
        foreach (var url in urls.Values)
            try
            {
                var view = await client.GetStringAsync($"{url}/v1/experiments/{experiment}");
                return !view.Contains("\"done_trial_steps\":0,", StringComparison.Ordinal);
            }
            catch (HttpRequestException) { } // it stands by, or has just begun
        return false;
    }

    /// <summary>A command of a user, who asks whichever coordinator answers.</summary>
    public async Task<Ended> Ask(params string[] command)
    {
        var server = urls.Keys.First();
        foreach (var name in urls.Keys)
            if (await Answers(name)) server = name;
        using var program = RunningProgram.StartAt(Programs.Mneme, folder,
            [.. command, "--server", urls[server], "--token-file", At("token")]);
        return await program.End();
    }

    public string Log(string name) => !File.Exists(At($"{name}.log")) ? "" : ReadShared(name);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(processes.Values.Select(process => process.DisposeAsync().AsTask()));
        await Servers.DisposeAsync();
        client.Dispose();
    }

    private Supervised Add(
        string name, string program, Partition? inside, string[] arguments,
        Dictionary<string, string> settings)
    {
        string[] command =
        [
            .. inside?.Command ?? [], RunningProgram.Host(), program, .. arguments,
        ];
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = folder };
        (start.Environment["MNEME_NODE"], start.Environment["MNEME_STATE"]) = (name, At(name));
        start.Environment["MNEME_TOKEN_FILE"] = At("token");
        start.Environment["MNEME_BLOBS"] = At("blobs");
        start.Environment["MNEME_LOG_FILE"] = At($"{name}.log");
        foreach (var (setting, value) in settings) start.Environment[setting] = value;
        return processes[name] = new Supervised(name, start, At($"{name}.out"));
    }

    private string ReadShared(string name)
    {
        using var file = new FileStream(
            At($"{name}.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return new StreamReader(file).ReadToEnd();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
