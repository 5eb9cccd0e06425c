using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Shouldly;

namespace Mneme.Tests.Coordinator.Cli;

/// <summary>The built program as a process, as its user meets it.</summary>
internal sealed partial class RunningProgram : IDisposable
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private readonly StringBuilder soFar = new();
    private readonly Process process;
    private readonly Task<string> output, errors;

    private RunningProgram(Process process)
    {
        this.process = process;
        output = Collect(process.StandardOutput);
        errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Whether it has written something.</summary>
    public bool HasSaid(string text)
    {
        lock (soFar) return soFar.ToString().Contains(text, StringComparison.Ordinal);
    }

    public int Id => process.Id;

    /// <summary>Starts the program that lies beside the tests.</summary>
    public static RunningProgram Start(string folder, params string[] arguments) =>
        StartAs("mneme", folder, arguments);

    public static RunningProgram StartAs(string name, string folder, params string[] arguments) =>
        StartAt(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"), folder, arguments);

    public static RunningProgram StartAt(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(Host(), [program, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new RunningProgram(Process.Start(start)!);
    }

    public static async Task<Ended> Run(string folder, params string[] arguments)
    {
        using var program = Start(folder, arguments);
        return await program.End();
    }

    /// <summary>Waits for something that the program does.</summary>
    /// <returns>False: it ended first.</returns>
    public async Task<bool> Until(Func<bool> happened)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!happened())
        {
            if (process.HasExited) return false;
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(Longest);
            await Task.Delay(Pause, TimeProvider.System);
        }
        return true;
    }

    public void Send(int signal) => Signal(process.Id, signal).ShouldBe(0);

    public async Task<Ended> End(TimeSpan? atMost = null)
    {
        using var limit = new CancellationTokenSource(atMost ?? Longest);
        await process.WaitForExitAsync(limit.Token);
        return new Ended(process.ExitCode, await output, await errors);
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    private async Task<string> Collect(StreamReader reader)
    {
        var piece = new char[4096];
        while (await reader.ReadAsync(piece) is > 0 and var length)
            lock (soFar) soFar.Append(piece, 0, length);
        lock (soFar) return soFar.ToString();
    }

    // The tests run under dotnet themselves, or under a test host that it started.
    /// <summary>What starts programs.</summary>
    public static string Host() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? Environment.ProcessPath!
            : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    [LibraryImport("libc", EntryPoint = "kill")]
    internal static partial int Signal(int process, int signal);
}

/// <summary>What a user sees when the program has ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Errors)
{
    public Ended ShouldBeFine()
    {
        ExitCode.ShouldBe(0, Errors);
        Errors.ShouldBeEmpty();
        return this;
    }

    /// <summary>One message, and nothing that only a programmer understands.</summary>
    public Ended ShouldBeRefused(int exitCode, params string[] parts)
    {
        ExitCode.ShouldBe(exitCode, Errors);
        Errors.ShouldStartWith("mneme: ");
        Errors.Split('\n').Count(line => line.StartsWith("mneme: ")).ShouldBe(1, Errors);
        Errors.ShouldNotContain("   at ");
        Errors.ShouldNotContain("System.");
        foreach (var part in parts) Errors.ShouldContain(part);
        return this;
    }
}
