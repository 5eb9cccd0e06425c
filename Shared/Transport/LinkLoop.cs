using Mneme.Actors;

namespace Mneme.Transport;

/// <summary>Keeps a process connected: each connection is a new link with a new mailbox, and after
/// its end comes the next one, ever later while the broker stays away.</summary>
/// <param name="use">Works with a link until it ends.</param>
/// <param name="unreachable">Hears why a connection could not be made.</param>
public sealed class LinkLoop(
    ITransport transport, Caller caller, TimeProvider clock, ulong seed,
    Func<ILink, Task> use, Action<string> unreachable)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private SplitMix random = new(seed);

    public async Task Run(CancellationToken stop)
    {
        var pause = FirstPause;
        while (!stop.IsCancellationRequested)
        {
            if (await Once(stop)) pause = FirstPause;
            if (stop.IsCancellationRequested) return;
            await Rest(pause * (0.5 + random.Fraction() / 2), stop);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    // True: there was a link, so that the next one may come soon.
    private async Task<bool> Once(CancellationToken stop)
    {
        try
        {
            await using var link = await transport.Connect(caller, stop);
            await using var end = stop.Register(() => _ = link.DisposeAsync().AsTask());
            await use(link);
            return true;
        }
        catch (TransportUnavailable error)
        {
            unreachable(error.Message);
            return false;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested) { return false; }
    }

    private async Task Rest(TimeSpan pause, CancellationToken stop)
    {
        try { await Task.Delay(pause, clock, stop); }
        catch (OperationCanceledException) { }
    }
}
