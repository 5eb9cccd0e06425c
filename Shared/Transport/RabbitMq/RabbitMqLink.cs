using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Mneme.Transport.RabbitMq;

/// <summary>One connection. Whatever goes wrong on it ends it: a new one is clean.</summary>
internal sealed class RabbitMqLink : ILink
{
    private readonly IConnection connection;
    private readonly Publisher publisher;
    private readonly Channel<Frame> inbox;
    private readonly Channel<string> departures = Channel.CreateBounded<string>(
        new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly TaskCompletionSource<LinkDown> down =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer blocked;
    private readonly TimeSpan blockedWait;

    public RabbitMqLink(
        IConnection connection, string box, Publisher publisher, RabbitMqOptions options,
        TimeProvider clock)
    {
        (this.connection, Box, this.publisher) = (connection, box, publisher);
        blockedWait = options.BlockedWait;
        blocked = clock.CreateTimer(
            _ => Fail("the broker takes no frames: its alarm of memory or disk is on"), null,
            Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        inbox = Channel.CreateBounded<Frame>(
            new BoundedChannelOptions(new Topology(options).BoxLength)
            {
                FullMode = BoundedChannelFullMode.DropOldest,
            });
    }

    public string Box { get; }
    public ChannelReader<Frame> Inbox => inbox.Reader;
    public ChannelReader<string> Departures => departures.Reader;
    public Task<LinkDown> Down => down.Task;

    public async Task Listen(IChannel receiving, IChannel sending, CancellationToken cancel)
    {
        connection.ConnectionShutdownAsync += OnEnd;
        connection.ConnectionBlockedAsync += (_, _) => Await(blockedWait);
        connection.ConnectionUnblockedAsync += (_, _) => Await(Timeout.InfiniteTimeSpan);
        receiving.ChannelShutdownAsync += OnChannelEnd;
        sending.ChannelShutdownAsync += OnChannelEnd;
        var mailbox = new Mailbox(receiving, inbox.Writer, departures.Writer, Fail);
        await receiving.BasicConsumeAsync(
            Box, autoAck: true, consumerTag: "", noLocal: false, exclusive: true, arguments: null,
            mailbox, cancel);
    }

    public ValueTask<Sent> Send(Route to, Frame frame) => publisher.Send(to, frame);

    public IAsyncDisposable Serve(Func<Delivery, ValueTask<Ack>> handle, int window)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(window);
        return new Server(connection, handle, window, OnChannelEnd, Fail);
    }

    public async ValueTask DisposeAsync()
    {
        blocked.Dispose();
        await connection.DisposeAsync(); // asks the broker to close; throws nothing
        Tell(new LinkDown(LinkEnd.Closed, "closed by its owner"));
    }

    private Task Await(TimeSpan wait)
    {
        blocked.Change(wait, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    private Task OnEnd(object sender, ShutdownEventArgs reason)
    {
        Tell(reason.Initiator == ShutdownInitiator.Application
            ? new LinkDown(LinkEnd.Closed, "closed by its owner")
            : new LinkDown(LinkEnd.Lost, reason.ReplyText));
        return Task.CompletedTask;
    }

    private Task OnChannelEnd(object sender, ShutdownEventArgs reason)
    {
        if (reason.Initiator != ShutdownInitiator.Application) Fail(reason.ReplyText);
        return Task.CompletedTask;
    }

    private void Fail(string why)
    {
        Tell(new LinkDown(LinkEnd.Lost, why));
        _ = connection.AbortAsync();
    }

    private void Tell(LinkDown why)
    {
        inbox.Writer.TryComplete();
        departures.Writer.TryComplete();
        down.TrySetResult(why);
    }
}
