using System.Diagnostics;
using Mneme.Tests.Tidy;

namespace Mneme.Tests.Servers;

/// <summary>
/// Real servers for tests: each starts when the first test asks for it, and ends with the test
/// host, however that ends. A server that is missing is an error, never a skip.
/// </summary>
internal sealed class LocalServers : IAsyncDisposable
{
    private static readonly Lazy<LocalServers> OfTheRun = new(() => new LocalServers());
    private static readonly Lazy<Task> RunsBroker = new(() => OfTheRun.Value.Start("broker"));
    private static readonly Lazy<Task> RunsDatabase = new(() => OfTheRun.Value.Start("database"));
    private static int spaces;

    private readonly string folder;
    private readonly string[] afterwards;

    /// <param name="keptIn">A folder that stays when the test host ends; null: one that goes.
    /// </param>
    public LocalServers(string? keptIn = null)
    {
        folder = keptIn ?? Directory.CreateTempSubdirectory("mneme-servers-").FullName;
        afterwards = keptIn is null ? ["remove"] : [];
    }

    /// <summary>The connection string of the run's database; each test makes its own.</summary>
    public static Task<string> Database => AddressOfDatabase();

    /// <summary>A virtual host of a test's own on the run's broker.</summary>
    public static async Task<BrokerSpace> Broker()
    {
        await RunsBroker.Value;
        return await OfTheRun.Value.Space();
    }

    public async Task<BrokerSpace> Space()
    {
        var name = $"test-{Interlocked.Increment(ref spaces)}";
        await Run("space", name);
        return new BrokerSpace(this, name);
    }

    /// <param name="what">broker, database or all.</param>
    public Task Start(string what) =>
        Run("start", [what, $"{Environment.ProcessId}", .. afterwards]);

    public Task Stop(string what) => Run("stop", what);

    /// <summary>As if the machine had lost its power.</summary>
    public Task Kill(string what) => Run("kill", what);

    /// <summary>The broker's own command.</summary>
    public Task<string> Control(params string[] arguments) => Run("ctl", arguments);

    /// <summary>One of the lines of <c>servers env</c>.</summary>
    public string Address(string name) => File.ReadLines(Path.Combine(folder, "env"))
        .Single(line => line.StartsWith($"{name}=", StringComparison.Ordinal))[(name.Length + 1)..];

    public async ValueTask DisposeAsync() => await Kill("all"); // the folder ends with the host

    private static async Task<string> AddressOfDatabase()
    {
        await RunsDatabase.Value;
        return OfTheRun.Value.Address("MNEME_DATABASE");
    }

    private async Task<string> Run(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            Path.Combine(Repository.Root, "Coordinator/Local/servers"),
            [command, folder, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"servers {command}: {output}{await error}");
    }
}
