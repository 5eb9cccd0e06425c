using System.Diagnostics;
using Mneme.Tests.Coordinator.Cli;

namespace Mneme.Tests.Chaos;

/// <summary>A process that is started again whenever it ends, as Kubernetes would; what it says
/// goes to a file.</summary>
internal sealed class Supervised : IAsyncDisposable
{
    private const int Stop = 19, Continue = 18;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);
    private readonly ProcessStartInfo start;
    private readonly string output;
    private readonly Task supervision;
    private volatile Process process;
    private volatile int id;        // 0: it has ended, and the next one has not begun
    private volatile bool isWanted = true;

    public Supervised(string name, ProcessStartInfo start, string output)
    {
        (Name, this.start, this.output) = (name, start, output);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        process = Begin();
        supervision = Supervise();
        AppDomain.CurrentDomain.ProcessExit += EndWithHost;
    }

    public string Name { get; }

    public int Starts { get; private set; }

    /// <summary>Code of its last end; null: it has not ended yet.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Without warning.</summary>
    public void Kill() => Send(RunningProgram.Kill);

    public void Freeze() => Send(Stop);

    public void Thaw() => Send(Continue);

    public void Terminate() => Send(RunningProgram.Terminate);

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= EndWithHost;
        isWanted = false;
        Thaw();
        Terminate();
        try { await supervision.WaitAsync(Grace); }
        catch (TimeoutException)
        {
            Kill();
            await supervision;
        }
    }

    private void Send(int signal)
    {
        if (id is var there and not 0) _ = RunningProgram.Signal(there, signal);
    }

    private void EndWithHost(object? sender, EventArgs e)
    {
        isWanted = false;
        Kill();
    }

    private async Task Supervise()
    {
        while (true)
        {
            await Task.WhenAll(
                Copy(process.StandardOutput), Copy(process.StandardError),
                process.WaitForExitAsync());
            id = 0;
            ExitCode = process.ExitCode;
            process.Dispose();
            if (isWanted) await Task.Delay(Pause, TimeProvider.System);
            if (!isWanted) return;
            process = Begin();
        }
    }

    private Process Begin()
    {
        Starts++;
        var begun = Process.Start(start)!;
        id = begun.Id;
        return begun;
    }

    private async Task Copy(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
            lock (start) File.AppendAllText(output, line + "\n");
    }
}
