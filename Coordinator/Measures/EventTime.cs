namespace Mneme.Coordinator.Measures;

internal enum EventTimeKind { NotApplicable, Reached, Censored }

/// <summary>How many steps something took: reached at a time, censored (not seen within a bound,
/// which is never a time itself), or not applicable.</summary>
internal readonly record struct EventTime
{
    private readonly long _steps;

    private EventTime(EventTimeKind kind, long steps) => (Kind, _steps) = (kind, steps);

    public EventTimeKind Kind { get; }

    /// <summary>Null unless it was reached.</summary>
    public long? At => Kind == EventTimeKind.Reached ? _steps : null;

    /// <summary>For how long it was awaited in vain; null unless censored.</summary>
    public long? Bound => Kind == EventTimeKind.Censored ? _steps : null;

    public static EventTime NotApplicable => default;

    public static EventTime Reached(long at) => new(EventTimeKind.Reached, at);

    public static EventTime Censored(long bound) => new(EventTimeKind.Censored, bound);

    public override string ToString() => Kind switch
    {
        EventTimeKind.Reached => $"{_steps}",
        EventTimeKind.Censored => $"> {_steps}",
        _ => "-",
    };
}
