using System.Diagnostics;
using Mneme.Tests.Coordinator.Cli;
using Mneme.Tests.Tidy;

namespace Mneme.Tests.Readme;

/// <summary>What <c>./mneme up</c> becomes once everything is built.</summary>
internal static class LocalCluster
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    /// <summary>Runs a script in whose words <c>mneme</c> is the program, while the cluster is up.
    /// </summary>
    public static async Task<(int Code, string Output, string Errors)> With(
        Workplace place, string script)
    {
        Lay(place);
        File.WriteAllText(place.At("script"), $$"""
            set -euo pipefail
            mneme() { "{{Dotnet}}" "{{place.At("program")}}/mneme.dll" "$@"; }
            {{script}}
            """);
        var start = new ProcessStartInfo(
            Path.Combine(Repository.Root, "Coordinator/Local/up"),
            [Dotnet, place.At("program"), "--workers", "2", "--", "bash", place.At("script")])
        {
            WorkingDirectory = place.Path, RedirectStandardInput = true,
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var up = Process.Start(start)!;
        up.StandardInput.Close();
        var output = up.StandardOutput.ReadToEndAsync();
        var errors = up.StandardError.ReadToEndAsync();
        await up.WaitForExitAsync(new CancellationTokenSource(Longest).Token);
        return (up.ExitCode, await output, await errors);
    }

    private static string Dotnet => RunningProgram.Host();

    // As the launcher places a program.
    private static void Lay(Workplace place)
    {
        foreach (var (project, folder) in new[]
        {
            ("Coordinator", ""), ("Worker", "worker"), ("Lighthouse", "lighthouse"),
        })
            Copy(
                Path.Combine(Repository.Root, ".build/bin", project, "release"),
                Path.Combine(place.At("program"), folder));
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
