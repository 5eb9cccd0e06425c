using Mneme.Actors;

namespace Mneme.Transport.InProcess;

/// <summary>
/// The queue of the coordinators: it survives links and restarts, one server at a time receives,
/// and a frame stays until it is acknowledged by whoever holds it at that moment.
/// </summary>
internal sealed class DurableQueue(InProcessBroker broker, Dispatcher dispatcher)
{
    private readonly SortedDictionary<long, Queued> ready = [];
    private readonly List<Server> line = [];
    private readonly List<Frame> dead = [];
    private long lastNumber;

    public int Count => ready.Count + line.Sum(server => server.Open.Count);
    public IReadOnlyList<Frame> Dead => dead;

    public Sent Put(Frame frame)
    {
        if (Count >= broker.Limits.QueueLength) return Sent.Refused;
        var number = ++lastNumber;
        ready[number] = new Queued(number, frame, broker.Now + broker.Limits.QueueTimeToLive);
        Pump();
        return Sent.Accepted;
    }

    public Server Join(InProcessLink link, Func<Delivery, ValueTask<Ack>> handle, int window)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(window);
        var server = new Server(this, link, handle, window, dispatcher);
        link.Servers.Add(server);
        if (link.IsUp) line.Add(server);
        Pump();
        return server;
    }

    public void Leave(Server server)
    {
        lock (broker.Gate)
        {
            if (!line.Remove(server)) return;
            foreach (var frame in server.Open) GiveBack(frame);
            server.Open.Clear();
            server.Forget();
            Pump();
        }
    }

    public void LeaveAll(InProcessLink link)
    {
        foreach (var server in link.Servers) Leave(server);
    }

    // An ack of a delivery that went back meanwhile changes nothing, and nobody is told.
    public void Acknowledge(Server server, Queued frame, int delivery, Ack ack)
    {
        lock (broker.Gate)
        {
            if (frame.Delivery != delivery || !server.Open.Remove(frame)) return;
            if (ack == Ack.Return) GiveBack(frame);
            else if (ack == Ack.Poison) dead.Add(frame.Frame);
            Pump();
        }
    }

    private void GiveBack(Queued frame)
    {
        if (frame.Delivery >= broker.Limits.Deliveries) dead.Add(frame.Frame);
        else ready[frame.Number] = frame;
    }

    private void Pump()
    {
        while (line is [var active, ..] && active.HasRoom && ready.Count > 0)
        {
            var (number, frame) = ready.First();
            ready.Remove(number);
            if (frame.Expires <= broker.Now) continue;
            frame.Delivery++;
            active.Deliver(frame);
        }
    }
}
