using System.Collections.Concurrent;
using Mneme.Tests.Servers;
using Mneme.Transport;
using Mneme.Transport.RabbitMq;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Mneme.Tests.Conformance;

/// <summary>RabbitMQ with a wire for every link, in the role that the node's name says.</summary>
internal sealed class WiredTransport(BrokerSpace space, BrokerLimits limits) : ITransport
{
    private readonly ConcurrentDictionary<string, Cable> cables = new();

    public async Task<ILink> Connect(Caller caller, CancellationToken cancel = default)
    {
        var (role, url) = caller.NodeId switch
        {
            "worker" => (BrokerRole.Worker, space.Worker),
            "l1" or "l2" => (BrokerRole.Lighthouse, space.Lighthouse),
            _ => (BrokerRole.Coordinator, space.Coordinator),
        };
        var cable = Cable.To(url, out var wired);
        var options = new RabbitMqOptions(wired, role) { Limits = limits };
        try
        {
            var link = await new RabbitMqTransport(options).Connect(caller, cancel);
            cables[link.Box] = cable;
            return link;
        }
        catch (TransportUnavailable)
        {
            cable.Dispose();
            throw;
        }
    }

    /// <summary>Returns when the broker has noticed, too: the mailbox is gone.</summary>
    public async Task Cut(ILink link)
    {
        cables[link.Box].Dispose();
        var observer = new ConnectionFactory { Uri = new Uri(space.Coordinator) };
        await using var connection = await observer.CreateConnectionAsync();
        while (await Exists(connection, link.Box)) { }
    }

    private static async Task<bool> Exists(IConnection connection, string queue)
    {
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            await channel.QueueDeclarePassiveAsync(queue);
            return true;
        }
        catch (OperationInterruptedException e)
        {
            return e.ShutdownReason!.ReplyCode != Constants.NotFound; // else it is another's
        }
    }
}
