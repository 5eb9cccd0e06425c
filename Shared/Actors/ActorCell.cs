namespace Mneme.Actors;

internal enum Life { New, Running, Halting, Pausing, Ended }

/// <summary>Runs one actor: a turn at a time, through failures, to its end.</summary>
internal sealed class ActorCell<M> : Cell, IInbox<M>, IThreadPoolWorkItem where M : notnull
{
    private const int MessagesPerTurn = 64;

    private readonly Func<Actor<M>> factory;
    private readonly Patience patience;
    private readonly Mailbox<M> mailbox;
    private readonly List<ISink> openSinks = [];
    private Actor<M>? actor;
    private volatile Scope<M>? scope;
    private volatile bool stopRequested;
    private Life life = Life.New;
    private Verdict verdict;
    private Exception? error;
    private ITimer? pause;
    private long lastMessageAt;

    public ActorCell(ActorSystem system, Cell? parent, string name,
        Func<Actor<M>> factory, Supervision policy, Box box) : base(system, parent, name)
    {
        this.factory = factory;
        patience = new Patience(policy, system.SeedOf(Path));
        mailbox = new Mailbox<M>(box);
    }

    public Cell Owner => this;
    public TimeProvider Clock => System.Settings.Clock;

    public void Begin() => Control(Bear);

    public override void Control(Func<ValueTask> act)
    {
        if (mailbox.PutControl(act)) System.Settings.Dispatcher.Schedule(this);
    }

    public bool Offer(M message, ISink? sink) =>
        Woken(mailbox.Put(new Envelope<M>(message, Clock.GetTimestamp(), Sink: sink)));

    /// <summary>A message that the actor ordered itself; lost only with the actor.</summary>
    public void OfferOwn(M message, IToken token) =>
        Woken(mailbox.PutOwn(new Envelope<M>(message, Clock.GetTimestamp(), token)));

    public async ValueTask<bool> Post(M message, TimeSpan within)
    {
        if (Running is not null && Running != Parent)
            throw new InvalidOperationException(
                $"{Running.Path} may not wait for {Path}: only a parent waits for its child");
        var envelope = new Envelope<M>(message, Clock.GetTimestamp());
        var taken = mailbox.PutOrWait(envelope, out var waiter);
        if (waiter is null) return Woken(taken);
        using var limit = Clock.CreateTimer(
            _ => mailbox.GiveUp(waiter), null, within, Timeout.InfiniteTimeSpan);
        return await waiter.Room.Task;
    }

    public override void RequestStop()
    {
        stopRequested = true;
        Interlocked.MemoryBarrier();
        scope?.Cancel();
        Control(EndOrderly);
    }

    public override ActorState Measure()
    {
        var (depth, refused, oldestAt) = mailbox.Measure();
        var age = oldestAt is { } at ? Clock.GetElapsedTime(at) : TimeSpan.Zero;
        return new ActorState(Path, depth, age, refused);
    }

    void IThreadPoolWorkItem.Execute() => _ = RunTurn();

    private bool Woken(Taken taken)
    {
        if (taken == Taken.Woke) System.Settings.Dispatcher.Schedule(this);
        return taken is Taken.Woke or Taken.Queued;
    }

    // What throws here is no actor but a log, a dead-letter sink or the kernel: the host must know.
    private async Task RunTurn()
    {
        try { await Turn(); }
        catch (Exception broken) { System.Escalated(broken); }
    }

    // Control goes first, again after every message; after 64 messages others get the thread.
    private async Task Turn()
    {
        Running = this;
        var received = 0;
        while (true)
        {
            while (mailbox.TakeControl(out var act)) await act();
            if (life != Life.Running || received == MessagesPerTurn) break;
            if (!mailbox.Take(out var envelope)) break;
            received++;
            await Deliver(envelope);
        }
        if (received > 0 && life == Life.Running) await Guarded(actor!.EndTurn);
        if (mailbox.Rest(takesMessages: life == Life.Running))
            System.Settings.Dispatcher.Schedule(this);
    }

    private async ValueTask Deliver(Envelope<M> envelope)
    {
        if (envelope.Token is null) lastMessageAt = envelope.At; // its own ticks keep nobody busy
        else if (!envelope.Token.Arrive()) return;
        try
        {
            await actor!.Handle(envelope.Message);
            if (envelope.Sink is { IsCompleted: false } open) Keep(open);
        }
        catch (Exception thrown)
        {
            envelope.Sink?.Fail(thrown);
            await Fail(thrown);
        }
    }

    private async ValueTask Guarded(Func<ValueTask> step)
    {
        try { await step(); }
        catch (Exception thrown) { await Fail(thrown); }
    }

    // The actor keeps a question to answer it later; should it stop first, the asker must hear.
    private void Keep(ISink sink)
    {
        if (openSinks.Count >= 32 && openSinks.Count == openSinks.Capacity)
            openSinks.RemoveAll(static s => s.IsCompleted);
        openSinks.Add(sink);
    }

    private async ValueTask Bear()
    {
        if (life is not (Life.New or Life.Pausing) || stopRequested) return;
        AllowChildren();
        var here = scope = new Scope<M>(this);
        Interlocked.MemoryBarrier();
        if (stopRequested) here.Cancel(); // asked for between the two lines above
        life = Life.Running;
        lastMessageAt = Clock.GetTimestamp();
        await Guarded(() => (actor = factory()).Begin(here));
    }

    /// <summary>Fails the actor from its control lane, or from the message it handles.</summary>
    public async ValueTask Fail(Exception thrown)
    {
        System.LogOf(Path).Error("failed", thrown);
        if (System.Settings.IsDeadly(thrown)) System.Settings.Die(thrown);
        if (Parent is null) System.Escalated(thrown);
        else if (life == Life.Running) await Halt(patience.Judge(Clock.GetUtcNow()), thrown);
    }

    public ValueTask FailIfOf(Scope<M> origin, Exception thrown) =>
        origin == scope ? Fail(thrown) : default;

    private async ValueTask EndOrderly()
    {
        if (life == Life.Ended) return;
        if (life == Life.Running && actor is not null)
        {
            try { await actor.Hear(new Signal.Stopping()); }
            catch (Exception thrown) { System.LogOf(Path).Warning("threw while stopping", thrown); }
        }
        var wasHalting = life == Life.Halting;
        verdict = wasHalting && verdict.Fate != Fate.Restart ? verdict : default;
        if (!wasHalting) await Halt(verdict, null);
    }

    private async ValueTask Halt(Verdict outcome, Exception? why)
    {
        (life, verdict, error) = (Life.Halting, outcome, why);
        pause?.Dispose();
        scope?.Close();
        foreach (var sink in openSinks) sink.Lose($"{Path} stopped while it held the question");
        openSinks.Clear();
        StopChildren();
        await EndWhenAlone();
    }

    /// <summary>
    /// A child or a thread is gone; perhaps it was the last that the halt waits for.
    /// </summary>
    public async ValueTask EndWhenAlone()
    {
        if (life != Life.Halting || Children.Count > 0 || scope is { HasThreads: true }) return;
        await Dispose();
        if (verdict.Fate == Fate.Restart) Pause();
        else End();
    }

    private void Pause()
    {
        life = Life.Pausing;
        pause = Clock.CreateTimer(
            _ => Control(Bear), null, verdict.Pause, Timeout.InfiniteTimeSpan);
    }

    private void End()
    {
        life = Life.Ended;
        foreach (var envelope in mailbox.Close()) Lose(envelope);
        Leave(verdict.Fate == Fate.Stop ? null : error, verdict.Fate == Fate.Escalate);
    }

    private void Lose(Envelope<M> envelope)
    {
        const string why = "stopped before it was received";
        if (envelope.Sink is { } sink) sink.Reject($"{Path} {why}");
        else if (envelope.Token is { } token) token.Drop(why);
        else System.Bury(Path, envelope.Message, why);
    }

    private async ValueTask Dispose()
    {
        try
        {
            if (actor is IAsyncDisposable later) await later.DisposeAsync();
            else (actor as IDisposable)?.Dispose();
        }
        catch (Exception thrown) { System.LogOf(Path).Warning("threw while disposed", thrown); }
        actor = null;
    }

    protected override async ValueTask ChildEnded(string child, Exception? why)
    {
        if (life == Life.Running)
            await Hear(why is null
                ? new Signal.ChildStopped(child)
                : new Signal.ChildFailed(child, why));
        await EndWhenAlone();
    }

    protected override async ValueTask ChildGaveUp(ChildFailure failure)
    {
        if (life == Life.Running) await Fail(failure);
        await EndWhenAlone();
    }

    protected override ValueTask WatchedEnded(string path, Exception? why) =>
        Hear(new Signal.WatchedStopped(path, why));

    /// <summary>
    /// Tells the actor that no message came for the given time; else when to look again.
    /// </summary>
    public async ValueTask<TimeSpan> CheckIdle(TimeSpan limit)
    {
        var quiet = Clock.GetElapsedTime(lastMessageAt);
        if (quiet < limit) return limit - quiet;
        await Hear(new Signal.Idle());
        return limit;
    }

    private ValueTask Hear(Signal signal) =>
        life == Life.Running && actor is not null
            ? Guarded(() => actor.Hear(signal))
            : default;
}
