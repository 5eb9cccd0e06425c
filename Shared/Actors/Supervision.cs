namespace Mneme.Actors;

/// <summary>What becomes of an actor that throws.</summary>
public abstract record Supervision
{
    private Supervision() { }

    /// <summary>Never again in this place: the parent hears ChildFailed and decides.</summary>
    public static Supervision Stop { get; } = new Never();

    /// <summary>The parent fails with it.</summary>
    public static Supervision Escalate { get; } = new Upwards();

    /// <summary>
    /// 5 restarts in a minute, 0.2 to 30 s apart, 20 % jitter; then the parent fails.
    /// </summary>
    public static Supervision Restart { get; } = new Again();

    /// <summary>Restarts with another budget; a failure beyond it fails the parent.</summary>
    public static Supervision RestartWith(
        int limit, TimeSpan within, TimeSpan firstPause, TimeSpan longestPause) =>
        new Again
        {
            Limit = limit, Within = within, FirstPause = firstPause, LongestPause = longestPause,
        };

    internal sealed record Never : Supervision;

    internal sealed record Upwards : Supervision;

    internal sealed record Again : Supervision
    {
        public int Limit { get; init; } = 5;
        public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(1);
        public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.2);
        public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);
    }
}

/// <summary>Counts an actor's failures and says what the next one leads to.</summary>
internal sealed class Patience(Supervision policy, ulong seed)
{
    private const double Jitter = 0.2;
    private readonly Queue<DateTimeOffset> failures = new();
    private SplitMix random = new(seed);

    public Verdict Judge(DateTimeOffset now) => policy switch
    {
        Supervision.Upwards => new Verdict(Fate.Escalate, default),
        Supervision.Again again => Judge(again, now),
        _ => new Verdict(Fate.Fail, default),
    };

    private Verdict Judge(Supervision.Again again, DateTimeOffset now)
    {
        while (failures.TryPeek(out var at) && now - at >= again.Within) failures.Dequeue();
        if (failures.Count >= again.Limit) return new Verdict(Fate.Escalate, default);
        failures.Enqueue(now);
        var pause = again.FirstPause * Math.Pow(2, failures.Count - 1);
        if (pause > again.LongestPause) pause = again.LongestPause;
        return new Verdict(Fate.Restart, pause * (1 + Jitter * (2 * random.Fraction() - 1)));
    }
}

internal enum Fate { Stop, Fail, Escalate, Restart }

internal readonly record struct Verdict(Fate Fate, TimeSpan Pause);
