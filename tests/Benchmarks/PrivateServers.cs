using System.Diagnostics;
using System.Globalization;

namespace Mneme.Benchmarks;

/// <summary>A RabbitMQ and a PostgreSQL of this process's own, on loopback. They end with the
/// process, and so does their folder.</summary>
internal sealed class PrivateServers
{
    public static string Root { get; } = Above(new DirectoryInfo(AppContext.BaseDirectory));

    public string Folder { get; } = Directory.CreateTempSubdirectory("mneme-bench-").FullName;

    /// <param name="what">broker, database or all.</param>
    public static async Task<PrivateServers> Start(string what)
    {
        var servers = new PrivateServers();
        await servers.Begin(what);
        return servers;
    }

    public Task Begin(string what) => Run("start", what, $"{Environment.ProcessId}", "remove");

    /// <summary>As if its machine had lost its power.</summary>
    public Task Kill(string what) => Run("kill", what);

    /// <summary>A line of what <c>servers env</c> prints.</summary>
    public string Address(string name) => File.ReadLines(Path.Combine(Folder, "env"))
        .Single(line => line.StartsWith($"{name}=", StringComparison.Ordinal))[(name.Length + 1)..];

    public int BrokerId => IdIn("broker/pid");

    public int DatabaseId => IdIn("database/data/postmaster.pid");

    // A start time may follow the number.
    private int IdIn(string file) => int.Parse(
        File.ReadLines(Path.Combine(Folder, file)).First().Split(':')[0],
        CultureInfo.InvariantCulture);

    private async Task Run(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            Path.Combine(Root, "Coordinator/Local/servers"), [command, Folder, .. arguments]);
        using var process = System.Diagnostics.Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"servers {command} failed");
    }

    private static string Above(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "Cluster.sln"))
            ? folder.FullName
            : Above(folder.Parent ?? throw new InvalidOperationException("no Cluster.sln above"));
}
