using System.Runtime.InteropServices;

namespace Mneme.Worker;

/// <summary>SIGTERM and Ctrl-C: the first asks for an orderly end, the second for any.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource first =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource second =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly PosixSignalRegistration[] registrations;

    public StopSignals() => registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
    ];

    public Task First => first.Task;
    public Task Second => second.Task;

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!first.TrySetResult()) second.TrySetResult();
    }
}
