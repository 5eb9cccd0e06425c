using System.Globalization;

namespace Mneme.Tests.Chaos;

/// <summary>What was done to a cluster, and when.</summary>
internal sealed class Tally
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, int> counts = [];
    private readonly long started = TimeProvider.System.GetTimestamp();

    public List<Death> Deaths { get; } = [];
    public List<Absence> Absences { get; } = [];
    public List<TimeSpan> Failovers { get; } = [];

    public IReadOnlyDictionary<string, int> Counts => counts;

    public void Add(string kind, string said)
    {
        lock (gate) counts[kind] = counts.GetValueOrDefault(kind) + 1;
        Tell($"{kind}: {said}");
    }

    public void Tell(string text)
    {
        var now = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        lock (gate)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{now,7:F1} s  {text}"));
    }

    /// <summary>Middle and end of what was measured, in words.</summary>
    public static string Figures(IEnumerable<TimeSpan> measured)
    {
        var sorted = measured.Order().ToList();
        return sorted.Count == 0 ? "none" : string.Create(CultureInfo.InvariantCulture,
            $"median {Median(sorted).TotalSeconds:F1} s, worst {sorted[^1].TotalSeconds:F1} s, "
            + $"of {sorted.Count}");
    }

    public static TimeSpan Median(List<TimeSpan> sorted) =>
        (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
}

/// <summary>A worker that was killed.</summary>
/// <param name="IsCalm">Nothing else happened, and the leader's link was old enough to judge.
/// </param>
internal sealed record Death(string Session, DateTimeOffset At, bool IsCalm);

/// <summary>A worker that could not be heard for a while, and what it held then.</summary>
internal sealed record Absence(
    string Kind, Grant Held, DateTimeOffset From, DateTimeOffset To);
