using System.Diagnostics;

namespace Mneme.Benchmarks.Cluster;

/// <summary>A process of the cluster; it ends with this one.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly System.Diagnostics.Process process;

    private Child(System.Diagnostics.Process process)
    {
        this.process = process;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill();
        Console.CancelKeyPress += (_, _) => Kill();
    }

    public Load Load => Load.Of(process.Id);

    /// <param name="program">Below the folder of built programs.</param>
    /// <param name="settings">For its environment, without the prefix.</param>
    public static Child Start(
        string program, IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            [Path.Combine(PrivateServers.Root, ".build/bin", program), .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
            WorkingDirectory = PrivateServers.Root,
        };
        foreach (var (name, value) in settings) start.Environment[$"MNEME_{name}"] = value;
        return new Child(System.Diagnostics.Process.Start(start)!);
    }

    /// <summary>Says a line, and gives the one that is answered.</summary>
    public async Task<string> Ask(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
        return await Hear();
    }

    public async Task<string> Hear() => await process.StandardOutput.ReadLineAsync()
        ?? throw new InvalidOperationException("a process of the cluster has ended");

    /// <summary>Until it ends by itself.</summary>
    public async Task End()
    {
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException("a command has failed");
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await process.WaitForExitAsync();
    }

    private void Kill()
    {
        if (!process.HasExited) process.Kill();
    }
}
