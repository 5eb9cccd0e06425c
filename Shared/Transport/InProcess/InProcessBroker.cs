using Mneme.Actors;

namespace Mneme.Transport.InProcess;

/// <summary>
/// A broker inside the process, with RabbitMQ's promises and its ways to break. Only bytes cross.
/// With a seeded dispatcher, virtual time and seeded faults a run can be repeated.
/// </summary>
public sealed class InProcessBroker : ITransport
{
    private readonly Dictionary<string, InProcessLink> boxes = [];
    private readonly Dictionary<string, InProcessLink> frozen = [];
    private readonly DurableQueue queue;
    private readonly TimeProvider clock;
    private int connections;
    private bool isDown;

    public InProcessBroker(
        TimeProvider clock, Dispatcher? dispatcher = null, Faults? faults = null,
        BrokerLimits? limits = null)
    {
        this.clock = clock;
        Faults = faults ?? Faults.None;
        Limits = limits ?? new BrokerLimits();
        queue = new DurableQueue(this, dispatcher ?? Dispatcher.Pool);
    }

    public Faults Faults { get; }
    public BrokerLimits Limits { get; }

    /// <summary>Frames that nobody could handle.</summary>
    public IReadOnlyList<Frame> DeadLetters { get { lock (Gate) return [.. queue.Dead]; } }

    /// <summary>Frames in the durable queue, the unacknowledged ones included.</summary>
    public int QueueLength { get { lock (Gate) return queue.Count; } }

    internal Lock Gate { get; } = new();
    internal DateTimeOffset Now => clock.GetUtcNow();

    public Task<ILink> Connect(Caller caller, CancellationToken cancel = default)
    {
        lock (Gate)
        {
            if (isDown)
                return Task.FromException<ILink>(new TransportUnavailable("the broker is down"));
            var box = $"node.{caller.NodeId}.{caller.Incarnation}.{++connections}";
            return Task.FromResult<ILink>(boxes[box] = new(this, box, caller.HearsView));
        }
    }

    /// <summary>
    /// The link's process is killed, or its connection breaks with both ends noticing.
    /// </summary>
    public void Cut(string box) => End(box, "cut");

    /// <summary>
    /// The link's process stands still. The broker believes in it for the time of the heartbeat;
    /// then its mailbox is gone, which it learns when it thaws.
    /// </summary>
    public void Freeze(string box)
    {
        lock (Gate)
        {
            if (!boxes.TryGetValue(box, out var link) || link.IsFrozen) return;
            link.Freeze();
            frozen[box] = link;
            link.Heartbeat = clock.CreateTimer(
                _ => End(box, "missed heartbeats"), null, Limits.Heartbeat,
                Timeout.InfiniteTimeSpan);
        }
    }

    public void Thaw(string box)
    {
        lock (Gate)
        {
            if (!frozen.Remove(box, out var link)) return;
            link.Heartbeat?.Dispose();
            link.Thaw();
            foreach (var server in link.Servers) server.WakeUp();
            Land(link);
        }
    }

    /// <summary>Every link ends and every mailbox is gone; the durable queue stays.</summary>
    public void Stop()
    {
        lock (Gate)
        {
            isDown = true;
            foreach (var box in boxes.Keys.Order(StringComparer.Ordinal).ToArray())
                End(box, "the broker went down");
        }
    }

    public void Start()
    {
        lock (Gate) isDown = false;
    }

    internal ValueTask<Sent> Send(InProcessLink link, Route to, Frame frame)
    {
        lock (Gate)
        {
            if (!link.IsUp) return ValueTask.FromResult(Sent.Unknown);
            var flight = link.Take(to, frame, Faults.Draw(to), Now);
            Land(link);
            if (!flight.Outcome.IsCompleted && flight.Due > Now)
                flight.Timer = clock.CreateTimer(
                    _ => Land(link), null, flight.Due - Now, Timeout.InfiniteTimeSpan);
            return new ValueTask<Sent>(flight.Outcome);
        }
    }

    internal Server Serve(
        InProcessLink link, Func<Delivery, ValueTask<Ack>> handle, int window)
    {
        lock (Gate) return queue.Join(link, handle, window);
    }

    internal void End(InProcessLink link, LinkDown why)
    {
        lock (Gate)
        {
            if (!link.IsUp) return;
            boxes.Remove(link.Box);
            queue.LeaveAll(link);
            link.GoDown(why);
            foreach (var other in boxes.Values) other.HearOfEnd(link.Box);
        }
    }

    private void End(string box, string why)
    {
        lock (Gate)
        {
            if (boxes.TryGetValue(box, out var link))
                End(link, new LinkDown(LinkEnd.Lost, why));
        }
    }

    private void Land(InProcessLink link)
    {
        lock (Gate)
        {
            while (link.NextLanding(Now) is { } flight)
            {
                if (!flight.Luck.Dropped && flight.Luck.Doubled) Enter(flight);
                flight.Land(flight.Luck.Dropped ? Sent.Unknown : Enter(flight));
            }
        }
    }

    private Sent Enter(Flight flight) => flight.To switch
    {
        Route.Queue => queue.Put(flight.Frame),
        Route.Mailbox to => Enter(to.Box, flight.Frame),
        _ => ShowEveryone(flight.Frame),
    };

    private Sent Enter(string box, Frame frame)
    {
        if (!boxes.TryGetValue(box, out var link)) return Sent.Returned;
        link.Receive(frame);
        return Sent.Accepted;
    }

    private Sent ShowEveryone(Frame frame)
    {
        foreach (var link in boxes.Values)
            if (link.HearsView) link.Receive(frame);
        return Sent.Accepted;
    }
}
