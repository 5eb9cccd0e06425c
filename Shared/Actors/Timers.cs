namespace Mneme.Actors;

/// <summary>
/// An actor's timers by key. A tick counts only while its timer is the key's present one.
/// </summary>
internal sealed class Timers<M>(ActorCell<M> cell) where M : notnull
{
    private Dictionary<string, Tick>? ticks;
    private ITimer? idle;

    public void Set(string key, TimeSpan due, TimeSpan? period, M message)
    {
        Cancel(key);
        var tick = new Tick(cell, this, key, message, period is not null);
        (ticks ??= [])[key] = tick;
        tick.Start(due, period ?? Timeout.InfiniteTimeSpan);
    }

    public void Cancel(string key)
    {
        if (ticks is not null && ticks.Remove(key, out var tick)) tick.Dispose();
    }

    public void Clear()
    {
        foreach (var tick in ticks?.Values ?? Enumerable.Empty<Tick>()) tick.Dispose();
        ticks = null;
        IdleAfter(null);
    }

    public void IdleAfter(TimeSpan? limit)
    {
        idle?.Dispose();
        idle = limit is { } time ? Look(time, time) : null;
    }

    private ITimer Look(TimeSpan limit, TimeSpan due)
    {
        ITimer? mine = null;
        mine = cell.Clock.CreateTimer(
            _ => cell.Control(() => LookAgain(mine, limit)), null, due, Timeout.InfiniteTimeSpan);
        return mine;
    }

    private async ValueTask LookAgain(ITimer? timer, TimeSpan limit)
    {
        if (idle != timer) return;
        var due = await cell.CheckIdle(limit);
        if (idle != timer) return;
        idle!.Dispose();
        idle = Look(limit, due);
    }

    private sealed class Tick(
        ActorCell<M> cell, Timers<M> owner, string key, M message, bool repeats) : IToken
    {
        private ITimer? timer;
        private int waiting;

        public void Start(TimeSpan due, TimeSpan period) =>
            timer = cell.Clock.CreateTimer(
                static tick => ((Tick)tick!).Fire(), this, due, period);

        public void Dispose() => timer?.Dispose();

        // A tick says only that it is time; losing one is no loss of a message.
        public void Drop(string why) => Volatile.Write(ref waiting, 0);

        public bool Arrive()
        {
            Volatile.Write(ref waiting, 0);
            if (owner.ticks is null || owner.ticks.GetValueOrDefault(key) != this) return false;
            if (!repeats) owner.Cancel(key);
            return true;
        }

        private void Fire()
        {
            if (Interlocked.Exchange(ref waiting, 1) == 0) cell.OfferOwn(message, this);
        }
    }
}
