namespace Mneme.Actors;

internal enum Taken { Queued, Woke, Full, Closed }

/// <summary>
/// The two lanes of an actor: control before messages. It also holds the one bit that says whether
/// the actor waits for or has a thread, so that no message is left behind and none runs twice.
/// </summary>
internal sealed class Mailbox<M>(Box box)
{
    private readonly Lock gate = new();
    private readonly Queue<Envelope<M>> messages = new();
    private Queue<Func<ValueTask>>? controls;
    private Queue<Waiter>? waiters;
    private bool scheduled;
    private bool closed;
    private long refused;

    public (int Depth, long Refused, long? OldestAt) Measure()
    {
        lock (gate) return (messages.Count, refused, messages.TryPeek(out var e) ? e.At : null);
    }

    /// <summary>True when the caller must schedule the actor.</summary>
    public bool PutControl(Func<ValueTask> act)
    {
        lock (gate)
        {
            (controls ??= new()).Enqueue(act);
            return Wake() == Taken.Woke;
        }
    }

    public Taken Put(Envelope<M> envelope)
    {
        lock (gate)
        {
            if (closed) return Taken.Closed;
            if (messages.Count >= box.Capacity && !MakeRoom())
            {
                refused++;
                return Taken.Full;
            }
            messages.Enqueue(envelope);
            return Wake();
        }
    }

    /// <summary>
    /// A timer's or a task's message: as many as the actor ordered, so never refused.
    /// </summary>
    public Taken PutOwn(Envelope<M> envelope)
    {
        lock (gate)
        {
            if (closed) return Taken.Closed;
            messages.Enqueue(envelope);
            return Wake();
        }
    }

    /// <summary>Puts the message in, or leaves a waiter behind when the box is full.</summary>
    public Taken PutOrWait(Envelope<M> envelope, out Waiter? waiter)
    {
        waiter = null;
        lock (gate)
        {
            if (closed) return Taken.Closed;
            if (messages.Count >= box.Capacity && !MakeRoom())
            {
                (waiters ??= new()).Enqueue(waiter = new Waiter(envelope));
                return Taken.Full;
            }
            messages.Enqueue(envelope);
            return Wake();
        }
    }

    public void GiveUp(Waiter waiter)
    {
        lock (gate) waiter.Room.TrySetResult(false);
    }

    public bool TakeControl(out Func<ValueTask> act)
    {
        lock (gate)
        {
            act = null!;
            return controls is not null && controls.TryDequeue(out act!);
        }
    }

    public bool Take(out Envelope<M> envelope)
    {
        lock (gate)
        {
            var taken = messages.TryDequeue(out envelope);
            if (waiters is not null && messages.Count < box.Capacity) LetIn();
            return taken;
        }
    }

    /// <summary>The turn is over; true when another must follow.</summary>
    public bool Rest(bool takesMessages)
    {
        lock (gate)
        {
            scheduled = controls is { Count: > 0 } || (takesMessages && messages.Count > 0);
            return scheduled;
        }
    }

    /// <summary>No message enters any more; those that wait are handed out.</summary>
    public IReadOnlyList<Envelope<M>> Close()
    {
        lock (gate)
        {
            closed = true;
            while (waiters is not null && waiters.TryDequeue(out var waiter))
                waiter.Room.TrySetResult(false);
            var left = messages.ToArray();
            messages.Clear();
            return left;
        }
    }

    private Taken Wake()
    {
        if (scheduled) return Taken.Queued;
        scheduled = true;
        return Taken.Woke;
    }

    private bool MakeRoom()
    {
        if (!box.DropsOldest) return false;
        var oldest = messages.Dequeue();
        oldest.Token?.Drop("a newer message took its place");
        oldest.Sink?.Reject("a newer message took its place");
        return true;
    }

    private void LetIn()
    {
        while (waiters!.TryDequeue(out var waiter))
        {
            if (!waiter.Room.TrySetResult(true)) continue;
            messages.Enqueue(waiter.Envelope);
            return;
        }
    }

    internal sealed class Waiter(Envelope<M> envelope)
    {
        public Envelope<M> Envelope => envelope;

        public TaskCompletionSource<bool> Room { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
