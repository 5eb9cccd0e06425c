using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Mneme.Messages;
using Mneme.Transport;

namespace Mneme.Benchmarks.Cluster;

/// <summary>A transport on which somebody listens.</summary>
internal sealed class OverheardTransport(ITransport inner, Heard heard) : ITransport
{
    public async Task<ILink> Connect(Caller caller, CancellationToken cancel = default)
    {
        var link = await inner.Connect(caller, cancel);
        _ = link.Down.ContinueWith(_ => heard.Ended(link.Box), TaskScheduler.Default);
        return new OverheardLink(link, heard);
    }

    private sealed class OverheardLink(ILink link, Heard heard) : ILink
    {
        public string Box => link.Box;
        public ChannelReader<Frame> Inbox { get; } = new OverheardInbox(link, heard);
        public ChannelReader<string> Departures => link.Departures;
        public Task<LinkDown> Down => link.Down;

        public ValueTask<Sent> Send(Route to, Frame frame)
        {
            if (MessageFrame.Open(frame) is { Message: var message }) heard.Says(Box, message);
            return link.Send(to, frame);
        }

        public IAsyncDisposable Serve(Func<Delivery, ValueTask<Ack>> handle, int window) =>
            link.Serve(handle, window);

        public ValueTask DisposeAsync() => link.DisposeAsync();
    }

    private sealed class OverheardInbox(ILink link, Heard heard) : ChannelReader<Frame>
    {
        public override bool TryRead([MaybeNullWhen(false)] out Frame item)
        {
            if (!link.Inbox.TryRead(out item)) return false;
            if (MessageFrame.Open(item) is { Message: var message }) heard.Hears(link.Box, message);
            return true;
        }

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancel = default) =>
            link.Inbox.WaitToReadAsync(cancel);
    }
}
