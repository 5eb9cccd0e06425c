namespace Mneme.Actors;

/// <summary>
/// What an actor reaches of the world, for one life: a restart begins with a new scope, and
/// timers, tasks and threads of the old one stay silent.
/// </summary>
public sealed class Scope<M> where M : notnull
{
    private readonly ActorCell<M> cell;
    private readonly CancellationTokenSource stopping = new();
    private readonly Timers<M> timers;
    private readonly OwnThreads<M> threads;

    internal Scope(ActorCell<M> cell)
    {
        this.cell = cell;
        timers = new Timers<M>(cell);
        threads = new OwnThreads<M>(cell, this);
    }

    public Address<M> Self => new(cell);
    public TimeProvider Clock => cell.Clock;
    public Log Log => cell.System.LogOf(cell.Path);
    public IReadOnlyList<string> Children => [.. cell.Children.Select(child => child.Name)];

    /// <summary>
    /// Cancelled as soon as a stop is asked for, even while a message is handled.
    /// </summary>
    public CancellationToken Stopping => stopping.Token;

    internal bool HasThreads => threads.Any;
    internal bool IsOver { get; private set; }

    public Address<N> Spawn<N>(
        string name, Func<Actor<N>> factory, Supervision? policy = null, Box? box = null)
        where N : notnull => cell.System.Spawn(cell, name, factory, policy, box);

    /// <summary>Stops a child, or whoever else; the end is heard as a signal.</summary>
    public void Stop<N>(Address<N> other) where N : notnull => other.Owner?.RequestStop();

    /// <summary>Stops this actor after the message it handles.</summary>
    public void Stop() => cell.RequestStop();

    /// <summary>A WatchedStopped signal follows the other's stop, at once if it is gone.</summary>
    public void Watch<N>(Address<N> other) where N : notnull
    {
        if (other.Owner is { } owner) cell.Watch(owner);
    }

    public void Unwatch<N>(Address<N> other) where N : notnull
    {
        if (other.Owner is { } owner) cell.Unwatch(owner);
    }

    /// <summary>One message after a time; the key's earlier timer is replaced.</summary>
    public void After(string key, TimeSpan due, M message) => timers.Set(key, due, null, message);

    /// <summary>
    /// A message each period; ticks that find the last one still waiting fall away.
    /// </summary>
    public void Every(string key, TimeSpan period, M message) =>
        timers.Set(key, period, period, message);

    /// <summary>
    /// After this no tick of the key is received, not even one that waits in the box.
    /// </summary>
    public void Cancel(string key) => timers.Cancel(key);

    /// <summary>
    /// An Idle signal whenever no message came for the time; null switches it off.
    /// </summary>
    public void IdleAfter(TimeSpan? limit) => timers.IdleAfter(limit);

    /// <summary>The task's outcome comes back as a message; the actor goes on meanwhile.</summary>
    public void Later<T>(Task<T> task, Func<T, M> ok, Func<Exception, M> failed) =>
        _ = Fetch(task, ok, failed);

    /// <summary>
    /// Runs the work on an OS thread of its own, cancelled and joined when the actor stops. An
    /// error that <paramref name="ended"/> does not turn into a message fails the actor.
    /// </summary>
    public void OwnThread(
        string name, Action<CancellationToken> work, Func<Exception?, M>? ended = null) =>
        threads.Start(name, work, ended);

    // Whoever asks for a stop must not meet the errors of those who wait for it.
    internal void Cancel()
    {
        try { stopping.Cancel(); }
        catch (AggregateException errors) { Log.Warning("threw when told to stop", errors); }
    }

    internal void Close()
    {
        IsOver = true;
        timers.Clear();
        Cancel();
        threads.Cancel();
    }

    internal void Bring(M message) => cell.OfferOwn(message, new OfThisLife(cell, this, message));

    private async Task Fetch<T>(Task<T> task, Func<T, M> ok, Func<Exception, M> failed)
    {
        try
        {
            M message;
            try { message = ok(await task); }
            catch (Exception thrown) { message = failed(thrown); }
            Bring(message);
        }
        catch (Exception thrown) { cell.Control(() => cell.FailIfOf(this, thrown)); }
    }

    private sealed class OfThisLife(ActorCell<M> cell, Scope<M> scope, M message) : IToken
    {
        public void Drop(string why) => cell.System.Bury(cell.Path, message, why);

        public bool Arrive()
        {
            if (scope.IsOver) Drop("of a life before the restart");
            return !scope.IsOver;
        }
    }
}
