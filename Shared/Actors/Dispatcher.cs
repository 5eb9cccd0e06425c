namespace Mneme.Actors;

/// <summary>
/// Gives actors a thread for a turn. The pool in earnest, one seeded thread in tests.
/// </summary>
public abstract class Dispatcher
{
    public static Dispatcher Pool { get; } = new PoolDispatcher();

    /// <summary>Runs the item once, soon, and never on the caller's stack.</summary>
    public abstract void Schedule(IThreadPoolWorkItem item);

    private sealed class PoolDispatcher : Dispatcher
    {
        public override void Schedule(IThreadPoolWorkItem item) =>
            ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
    }
}

/// <summary>
/// Runs everything on the thread that calls <see cref="Step"/>, in an order drawn from a seed: the
/// same seed gives the same interleaving, awaits included.
/// </summary>
public sealed class SeededDispatcher(ulong seed) : Dispatcher
{
    private readonly Lock gate = new();
    private readonly List<IThreadPoolWorkItem> ready = [];
    private SplitMix random = new(seed);

    /// <summary>What awaits must capture so that their continuations come back here.</summary>
    public SynchronizationContext Context => field ??= new Seat(this);

    public override void Schedule(IThreadPoolWorkItem item)
    {
        lock (gate) ready.Add(item);
    }

    /// <summary>Runs one ready item; false when there is none.</summary>
    public bool Step()
    {
        if (Draw() is not { } item) return false;
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(Context);
        try { item.Execute(); }
        finally { SynchronizationContext.SetSynchronizationContext(before); }
        return true;
    }

    private IThreadPoolWorkItem? Draw()
    {
        lock (gate)
        {
            if (ready.Count == 0) return null;
            var index = random.Below(ready.Count);
            var item = ready[index];
            ready.RemoveAt(index);
            return item;
        }
    }

    private sealed class Seat(SeededDispatcher owner) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) =>
            owner.Schedule(new Continuation(d, state));

        public override SynchronizationContext CreateCopy() => this;
    }

    private sealed class Continuation(SendOrPostCallback run, object? state) : IThreadPoolWorkItem
    {
        public void Execute() => run(state);
    }
}
