using System.Diagnostics;

namespace Mneme.Benchmarks;

/// <summary>A PostgreSQL of this process's own, on loopback; it ends with the process.</summary>
internal static class PrivateDatabase
{
    /// <returns>Its connection string.</returns>
    public static async Task<string> Start()
    {
        var folder = Directory.CreateTempSubdirectory("mneme-bench-").FullName;
        await Run("start", folder, "database", $"{Environment.ProcessId}", "remove");
        return (await Run("env", folder)).Split('\n')
            .Single(line => line.StartsWith("MNEME_DATABASE=", StringComparison.Ordinal))
            ["MNEME_DATABASE=".Length..];
    }

    private static async Task<string> Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Script(), arguments) { RedirectStandardOutput = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"servers {arguments[0]} failed");
    }

    private static string Script()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("no Cluster.sln above");
        return Path.Combine(folder.FullName, "Coordinator/Local/servers");
    }
}
