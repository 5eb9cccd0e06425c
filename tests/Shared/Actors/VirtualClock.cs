namespace Mneme.Tests.Shared.Actors;

/// <summary>
/// Time that stands still until a test moves it. Timers fire in order of their due time.
/// </summary>
public sealed class VirtualClock(DateTimeOffset? start = null) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<VirtualTimer> timers = [];
    private DateTimeOffset now = start ?? new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long order;

    /// <summary>Timers that would still fire: what a leak check counts.</summary>
    public int ActiveTimers { get { lock (gate) return timers.Count; } }

    public DateTimeOffset? NextDue
    {
        get { lock (gate) return timers.Count == 0 ? null : timers.Min(timer => timer.Due); }
    }

    public override DateTimeOffset GetUtcNow() { lock (gate) return now; }
    public override long GetTimestamp() => GetUtcNow().UtcTicks;
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves time on and fires what falls due, each timer at its own moment.</summary>
    public void Advance(TimeSpan by)
    {
        var until = GetUtcNow() + by;
        while (TakeDue(until) is { } timer) timer.Fire();
        lock (gate) now = until;
    }

    private VirtualTimer? TakeDue(DateTimeOffset until)
    {
        lock (gate)
        {
            var next = timers.Where(t => t.Due <= until).OrderBy(t => t.Due).ThenBy(t => t.Order)
                .FirstOrDefault();
            if (next is null) return null;
            if (next.Due > now) now = next.Due;
            timers.Remove(next);
            if (next.Period > TimeSpan.Zero) Enter(next, next.Due + next.Period);
            return next;
        }
    }

    private void Enter(VirtualTimer timer, DateTimeOffset due)
    {
        timer.Due = due;
        timer.Order = order++;
        timers.Add(timer);
    }

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state)
        : ITimer
    {
        public DateTimeOffset Due { get; set; }
        public TimeSpan Period { get; private set; }
        public long Order { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.timers.Remove(this);
                Period = period;
                if (dueTime != Timeout.InfiniteTimeSpan) clock.Enter(this, clock.now + dueTime);
                return true;
            }
        }

        public void Dispose() { lock (clock.gate) clock.timers.Remove(this); }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
