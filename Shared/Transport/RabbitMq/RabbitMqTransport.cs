using RabbitMQ.Client;

namespace Mneme.Transport.RabbitMq;

/// <summary>RabbitMQ 3.10 or later as the way between machines. The README beside it says
/// which objects there are.</summary>
public sealed class RabbitMqTransport : ITransport
{
    private readonly RabbitMqOptions options;
    private readonly BrokerAddress address;
    private readonly TimeProvider clock;
    private int connections;

    /// <exception cref="BrokerAddressUnusable"/>
    public RabbitMqTransport(RabbitMqOptions options, TimeProvider? clock = null)
    {
        this.options = options;
        this.clock = clock ?? TimeProvider.System;
        address = new BrokerAddress(options);
    }

    public async Task<ILink> Connect(Caller caller, CancellationToken cancel = default)
    {
        var number = Interlocked.Increment(ref connections);
        var box = $"node.{caller.NodeId}.{caller.Incarnation}.{number}";
        IConnection? connection = null;
        try
        {
            connection = await address.Factory().CreateConnectionAsync(box, cancel);
            return await Open(connection, box, caller.HearsView, cancel);
        }
        catch (Exception failure)
        {
            if (connection is not null) await connection.DisposeAsync();
            cancel.ThrowIfCancellationRequested();
            throw new TransportUnavailable(ConnectFailure.Explain(failure, address), failure);
        }
    }

    private async Task<ILink> Open(
        IConnection connection, string box, bool hearsView, CancellationToken cancel)
    {
        var receiving = await connection.CreateChannelAsync(cancellationToken: cancel);
        await new Topology(options).Prepare(connection, receiving, box, hearsView, cancel);
        var sending = await connection.CreateChannelAsync(Publisher.Channel, cancel);
        var publisher = new Publisher(sending, options, address.User);
        var link = new RabbitMqLink(connection, box, publisher, options, clock);
        await link.Listen(receiving, sending, cancel);
        return link;
    }
}
