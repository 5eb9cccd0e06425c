using System.Text.Json;
using Mneme.Messages;
using Mneme.Transport;

namespace Mneme.Lighthouse;

/// <summary>Hears what leaders show; says nothing.</summary>
internal sealed class Beacon(
    ITransport transport, string node, TimeProvider clock, ulong seed, LastView last,
    Action<string> unreachable)
{
    public Task Run(CancellationToken stop) => new LinkLoop(
        transport, new Caller(node, Guid.NewGuid().ToString("N"), HearsView: true), clock, seed,
        Listen, unreachable).Run(stop);

    private async Task Listen(ILink link)
    {
        await foreach (var frame in link.Inbox.ReadAllAsync())
            if (Open(frame) is View { Cluster: var view } && ClusterViewCodec.IsWhole(view))
                last.Hear(view);
    }

    private static Message? Open(Frame frame)
    {
        try { return MessageFrame.Open(frame)?.Message; }
        catch (JsonException) { return null; }
    }
}
