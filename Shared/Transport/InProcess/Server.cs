using Mneme.Actors;

namespace Mneme.Transport.InProcess;

/// <summary>One who serves the durable queue, in line or at its turn.</summary>
internal sealed class Server(
    DurableQueue queue, InProcessLink link, Func<Delivery, ValueTask<Ack>> handle, int window,
    Dispatcher dispatcher) : IThreadPoolWorkItem, IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Queue<(Queued Frame, int Delivery)> begun = new();
    private bool scheduled;

    public InProcessLink Link => link;

    /// <summary>Delivered and not acknowledged; under the broker's lock.</summary>
    public List<Queued> Open { get; } = [];

    public bool HasRoom => Open.Count < window;

    public void Deliver(Queued frame)
    {
        Open.Add(frame);
        lock (gate) begun.Enqueue((frame, frame.Delivery));
        WakeUp();
    }

    /// <summary>
    /// What has not begun does not begin any more; but a frozen process has the bytes already, and
    /// will work on them when it thaws.
    /// </summary>
    public void Forget()
    {
        lock (gate)
            if (!link.IsFrozen) begun.Clear();
    }

    /// <summary>Also called when its link thaws.</summary>
    public void WakeUp()
    {
        lock (gate)
        {
            if (scheduled || link.IsFrozen || begun.Count == 0) return;
            scheduled = true;
        }
        dispatcher.Schedule(this);
    }

    public ValueTask DisposeAsync()
    {
        queue.Leave(this);
        return default;
    }

    // One item at a time starts the handlers, so that deliveries begin in order.
    void IThreadPoolWorkItem.Execute()
    {
        while (Next() is var (frame, delivery)) _ = Handle(frame, delivery);
    }

    private (Queued, int)? Next()
    {
        lock (gate)
        {
            if (!link.IsFrozen && begun.TryDequeue(out var next)) return next;
            scheduled = false;
            return null;
        }
    }

    private async Task Handle(Queued frame, int delivery)
    {
        Ack ack;
        try { ack = await handle(new Delivery(frame.Frame, delivery > 1)); }
        catch (Exception) { ack = Ack.Return; } // as if the process had died over it
        queue.Acknowledge(this, frame, delivery, ack);
    }
}

/// <summary>A frame in the durable queue.</summary>
internal sealed class Queued(long number, Frame frame, DateTimeOffset expires)
{
    public long Number => number;
    public Frame Frame => frame;
    public DateTimeOffset Expires => expires;

    /// <summary>How often it was handed out.</summary>
    public int Delivery { get; set; }
}
