using System.Collections.Concurrent;
using System.Text;
using Mneme.Transport;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Conformance;

/// <summary>
/// The promises T1 to T10 of every transport. A transport joins with one subclass.
/// </summary>
public abstract partial class TransportConformance : IAsyncLifetime
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly List<ILink> links = [];

    protected abstract ITransport Transport { get; }

    /// <summary>The broker ends the link as if its process had been killed.</summary>
    protected abstract Task Kill(ILink link);

    /// <summary>Returns when the broker accepts links again.</summary>
    protected abstract Task RestartBroker();

    /// <summary>How many frames the durable queue of this suite holds.</summary>
    protected abstract int QueueLength { get; }

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        foreach (var link in links) await link.DisposeAsync();
    }

    [Fact]
    public async Task T2_mailbox_frames_arrive_once_and_the_mailbox_ends_with_its_link()
    {
        var (sender, receiver) = (await Connect("a"), await Connect("b"));
        for (var i = 0; i < 10; i++)
            (await sender.Send(Route.To(receiver.Box), Text($"{i}"))).ShouldBe(Sent.Accepted);
        for (var i = 0; i < 10; i++) (await Receive(receiver)).ShouldBe($"{i}");

        await receiver.DisposeAsync();

        await receiver.Inbox.Completion.WaitAsync(Patience);
        var again = await Connect("b");
        again.Box.ShouldNotBe(receiver.Box);
    }

    [Fact]
    public async Task T3_a_frame_is_returned_if_and_only_if_its_mailbox_is_not_there()
    {
        var (sender, receiver) = (await Connect("a"), await Connect("b"));
        var to = Route.To(receiver.Box);
        (await sender.Send(to, Text("there"))).ShouldBe(Sent.Accepted);
        await Kill(receiver);
        await receiver.Down.WaitAsync(Patience);
        (await sender.Send(to, Text("gone"))).ShouldBe(Sent.Returned);
        (await sender.Send(Route.To("node.nobody.x.0"), Text(""))).ShouldBe(Sent.Returned);
    }

    [Fact]
    public async Task T4_frames_of_one_link_on_one_route_keep_their_order()
    {
        var served = await Serve();
        var (sender, receiver) = (await Connect("a"), await Connect("b"));
        var count = QueueLength; // more could be refused while the server is slow
        for (var i = 0; i < count; i++)
        {
            (await sender.Send(Route.Coordinator, Text($"{i}"))).ShouldBe(Sent.Accepted);
            (await sender.Send(Route.To(receiver.Box), Text($"{i}"))).ShouldBe(Sent.Accepted);
        }
        for (var i = 0; i < count; i++)
        {
            (await served.Next()).ShouldBe($"{i}");
            (await Receive(receiver)).ShouldBe($"{i}");
        }
    }

    [Fact]
    public async Task T7_a_frame_over_256_KiB_is_refused_and_one_of_256_KiB_arrives()
    {
        var (sender, receiver) = (await Connect("a"), await Connect("b"));
        var to = Route.To(receiver.Box);
        (await sender.Send(to, new Frame(new byte[Frame.LimitBytes + 1]))).ShouldBe(Sent.Refused);
        (await sender.Send(to, new Frame(new byte[Frame.LimitBytes]))).ShouldBe(Sent.Accepted);
        (await Receive(receiver)).Length.ShouldBe(Frame.LimitBytes);
    }

    [Fact]
    public async Task T8_the_senders_buffer_is_its_own_again_after_the_send()
    {
        var (sender, receiver) = (await Connect("a"), await Connect("b"));
        var buffer = Encoding.UTF8.GetBytes("before");
        await sender.Send(Route.To(receiver.Box), new Frame(buffer));
        buffer.AsSpan().Fill((byte)'x');
        (await Receive(receiver)).ShouldBe("before");
    }

    [Fact]
    public async Task T8_headers_cross_with_the_bytes()
    {
        var (sender, receiver) = (await Connect("a"), await Connect("b"));
        var headers = Text("").Headers.Add("kind", "beat");
        await sender.Send(Route.To(receiver.Box), new Frame(new byte[1], headers));
        var frame = await receiver.Inbox.ReadAsync().AsTask().WaitAsync(Patience);
        frame.Headers["kind"].ShouldBe("beat");
    }

    [Fact]
    public async Task T10_a_send_over_a_dead_link_says_unknown_and_does_not_throw()
    {
        var worker = await Connect("worker");
        await Kill(worker);
        await worker.Down.WaitAsync(Patience);
        (await worker.Send(Route.Coordinator, Text("late"))).ShouldBe(Sent.Unknown);
    }

    [Fact]
    public async Task A_link_goes_down_exactly_once_and_says_why()
    {
        var (closed, killed) = (await Connect("a"), await Connect("b"));
        await closed.DisposeAsync();
        await closed.DisposeAsync();
        await Kill(killed);
        (await closed.Down.WaitAsync(Patience)).End.ShouldBe(LinkEnd.Closed);
        (await killed.Down.WaitAsync(Patience)).End.ShouldBe(LinkEnd.Lost);
    }

    [Fact]
    public async Task The_view_comes_to_everyone_who_listens_and_to_nobody_else()
    {
        var leader = await Connect("leader");
        var listeners = new[] { await Connect("l1", true), await Connect("l2", true) };
        var other = await Connect("worker");
        (await leader.Send(Route.View, Text("view"))).ShouldBe(Sent.Accepted);
        foreach (var listener in listeners) (await Receive(listener)).ShouldBe("view");
        other.Inbox.TryRead(out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_coordinator_hears_of_a_mailbox_that_was_killed_or_closed(bool isKilled)
    {
        var (leader, worker) = (await Connect("leader"), await Connect("worker"));
        if (isKilled) await Kill(worker);
        else await worker.DisposeAsync();
        using var patience = new CancellationTokenSource(Patience);
        while (await leader.Departures.ReadAsync(patience.Token) != worker.Box) { }
    }

    [Fact]
    public async Task Frames_sent_without_waiting_for_each_other_keep_their_order()
    {
        var (sender, receiver) = (await Connect("a"), await Connect("b"));
        var to = Route.To(receiver.Box);
        var sends = Enumerable.Range(0, 500)
            .Select(i => sender.Send(to, Text($"{i}")).AsTask()).ToList();
        (await Task.WhenAll(sends)).ShouldAllBe(sent => sent == Sent.Accepted);
        for (var i = 0; i < 500; i++) (await Receive(receiver)).ShouldBe($"{i}");
    }

    protected async Task<ILink> Connect(string node, bool hearsView = false)
    {
        var link = await Transport.Connect(new Caller(node, $"{Guid.NewGuid():N}", hearsView));
        links.Add(link);
        return link;
    }

    /// <summary>Returns when the broker knows of the service: those who come later wait in
    /// line.</summary>
    protected virtual Task Begun(IAsyncDisposable service) => Task.CompletedTask;

    private async Task<Served> Serve(
        Func<Delivery, ValueTask<Ack>>? handle = null, int window = 256)
    {
        var served = new Served(await Connect("coordinator"));
        served.Service = served.Link.Serve(delivery =>
        {
            served.Note(delivery);
            return handle?.Invoke(delivery) ?? ValueTask.FromResult(Ack.Done);
        }, window);
        await Begun(served.Service);
        return served;
    }

    private static Frame Text(string text) => new(Encoding.UTF8.GetBytes(text));

    private static async Task<string> Receive(ILink link)
    {
        var frame = await link.Inbox.ReadAsync().AsTask().WaitAsync(Patience);
        return Encoding.UTF8.GetString(frame.Body.Span);
    }

    private sealed class Served(ILink link)
    {
        private readonly ConcurrentQueue<string> texts = new();
        private readonly SemaphoreSlim arrived = new(0);
        private int redelivered;

        public ILink Link => link;
        public IAsyncDisposable Service { get; set; } = null!;
        public int Count => texts.Count;
        public int Redelivered => redelivered;

        public void Note(Delivery delivery)
        {
            if (delivery.Redelivered) Interlocked.Increment(ref redelivered);
            texts.Enqueue(Encoding.UTF8.GetString(delivery.Frame.Body.Span));
            arrived.Release();
        }

        public async Task<string> Next()
        {
            (await arrived.WaitAsync(Patience)).ShouldBeTrue("no frame came");
            texts.TryDequeue(out var text);
            return text!;
        }
    }
}
