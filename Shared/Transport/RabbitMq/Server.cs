using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Mneme.Transport.RabbitMq;

/// <summary>One who serves the durable queue, over a channel of its own: when that closes, what
/// is not acknowledged returns to the queue.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Func<Delivery, ValueTask<Ack>> handle;
    private readonly Action<string> fail;
    private IChannel? channel;

    public Server(
        IConnection connection, Func<Delivery, ValueTask<Ack>> handle, int window,
        AsyncEventHandler<ShutdownEventArgs> onEnd, Action<string> fail)
    {
        (this.handle, this.fail) = (handle, fail);
        Begun = Begin(connection, (ushort)Math.Min(window, ushort.MaxValue), onEnd);
    }

    /// <summary>The broker knows it, or never will.</summary>
    public Task Begun { get; }

    public async ValueTask DisposeAsync()
    {
        await Begun;
        if (channel is not null) await channel.DisposeAsync();
    }

    private async Task Begin(
        IConnection connection, ushort window, AsyncEventHandler<ShutdownEventArgs> onEnd)
    {
        try
        {
            channel = await connection.CreateChannelAsync();
            channel.ChannelShutdownAsync += onEnd;
            await channel.BasicQosAsync(0, window, global: false);
            await channel.BasicConsumeAsync(
                Topology.Queue, autoAck: false, new Consumer(channel, this));
        }
        catch (Exception failure)
        {
            fail($"cannot serve the queue: {failure.Message}");
        }
    }

    private async Task Handle(Delivery delivery, ulong tag)
    {
        Ack ack;
        try { ack = await handle(delivery); }
        catch (Exception) { ack = Ack.Return; } // as if the process had died over it
        try { await Answer(ack, tag); }
        catch (Exception) { } // the channel has closed: the frame is in the queue again
    }

    private ValueTask Answer(Ack ack, ulong tag)
    {
        lock (gate)
            return ack == Ack.Done
                ? channel!.BasicAckAsync(tag, multiple: false)
                : channel!.BasicRejectAsync(tag, requeue: ack == Ack.Return);
    }

    private sealed class Consumer(IChannel channel, Server server)
        : AsyncDefaultBasicConsumer(channel)
    {
        // One after the other begins, and none waits for the one before.
        public override Task HandleBasicDeliverAsync(
            string consumerTag, ulong deliveryTag, bool redelivered, string exchange,
            string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body,
            CancellationToken cancellationToken = default)
        {
            var delivery = new Delivery(Envelope.Open(properties, body), redelivered);
            _ = server.Handle(delivery, deliveryTag);
            return Task.CompletedTask;
        }

        public override Task HandleBasicCancelAsync(
            string consumerTag, CancellationToken cancellationToken = default)
        {
            server.fail("the broker took the queue away");
            return Task.CompletedTask;
        }
    }
}
