using System.Threading.Channels;

namespace Mneme.Transport.InProcess;

/// <summary>
/// One connection to an <see cref="InProcessBroker"/>. Its state is under the broker's lock.
/// </summary>
internal sealed class InProcessLink : ILink
{
    private readonly InProcessBroker broker;
    private readonly Channel<Frame> inbox;
    private readonly Channel<string> departures = Channel.CreateBounded<string>(
        new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Queue<Frame> held = new();
    private readonly List<Flight> flights = [];
    private readonly TaskCompletionSource<LinkDown> down =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LinkDown? untold;

    public InProcessLink(InProcessBroker broker, string box, bool hearsView)
    {
        (this.broker, Box, HearsView) = (broker, box, hearsView);
        inbox = Channel.CreateBounded<Frame>(new BoundedChannelOptions(broker.Limits.BoxLength)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
        });
    }

    public string Box { get; }
    public bool HearsView { get; }
    public ChannelReader<Frame> Inbox => inbox.Reader;
    public Task<LinkDown> Down => down.Task;
    public ChannelReader<string> Departures => departures.Reader;

    /// <summary>The broker still believes in it.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Its process stands still, or no byte passes: it neither gives nor takes.</summary>
    public bool IsFrozen { get; private set; }

    public ITimer? Heartbeat { get; set; }

    /// <summary>Those who serve the durable queue over this link, or did.</summary>
    public List<Server> Servers { get; } = [];

    public ValueTask<Sent> Send(Route to, Frame frame) => frame.Bytes > Frame.LimitBytes
        ? ValueTask.FromResult(Sent.Refused)
        : broker.Send(this, to, new Frame(frame.Body.ToArray(), frame.Headers));

    public IAsyncDisposable Serve(Func<Delivery, ValueTask<Ack>> handle, int window) =>
        broker.Serve(this, handle, window);

    public ValueTask DisposeAsync()
    {
        broker.End(this, new LinkDown(LinkEnd.Closed, "closed by its owner"));
        return default;
    }

    /// <summary>
    /// Puts a frame on its way; frames for one route keep their order unless hasty.
    /// </summary>
    public Flight Take(Route to, Frame frame, Luck luck, DateTimeOffset now)
    {
        var due = now + luck.Delay;
        if (!luck.Hasty)
            foreach (var earlier in flights)
                if (earlier.To == to && earlier.Due > due) due = earlier.Due;
        var flight = new Flight(to, frame, luck, due);
        flights.Add(flight);
        return flight;
    }

    /// <summary>The next frame that has arrived by now, none while nothing passes.</summary>
    public Flight? NextLanding(DateTimeOffset now)
    {
        if (IsFrozen) return null;
        var next = flights.Where(flight => flight.Due <= now).MinBy(flight => flight.Due);
        if (next is not null) flights.Remove(next);
        return next;
    }

    public void Receive(Frame frame)
    {
        if (!IsFrozen)
        {
            inbox.Writer.TryWrite(frame);
            return;
        }
        if (held.Count == broker.Limits.BoxLength) held.Dequeue();
        held.Enqueue(frame);
    }

    public void HearOfEnd(string box) => departures.Writer.TryWrite(box);

    public void Freeze() => IsFrozen = true;

    /// <summary>
    /// Time goes on; what the network brought meanwhile is read before the end is seen.
    /// </summary>
    public void Thaw()
    {
        IsFrozen = false;
        while (held.TryDequeue(out var frame)) inbox.Writer.TryWrite(frame);
        if (untold is not null) Tell(untold);
    }

    public void GoDown(LinkDown why)
    {
        IsUp = false;
        Heartbeat?.Dispose();
        foreach (var flight in flights) flight.Crash();
        flights.Clear();
        if (IsFrozen && why.End == LinkEnd.Lost) untold = why;
        else Tell(why);
    }

    private void Tell(LinkDown why)
    {
        inbox.Writer.TryComplete();
        departures.Writer.TryComplete();
        down.TrySetResult(why);
    }
}
