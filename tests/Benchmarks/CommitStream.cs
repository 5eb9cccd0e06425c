using System.Diagnostics;
using Mneme.Journal;
using Mneme.Messages;

namespace Mneme.Benchmarks;

/// <summary>One experiment after the other, whose segments are committed in order.</summary>
internal sealed class CommitStream(IJournal journal, long epoch, int perTransaction)
{
    private const int Segments = 1024;
    private static readonly PackedPoints Points = PackedPoints.Of(
        [.. Enumerable.Range(1, 10).Select(step => (long)step)],
        [.. Enumerable.Range(1, 10).Select(step => new[] { 1.0 / step, 0.5 })]);

    private string experiment = "";
    private int next = Segments;
    private TimeSpan busy;
    private int commits;

    /// <summary>Milliseconds that each transaction took.</summary>
    public List<double> Waits { get; } = [];

    /// <summary>Without the time in which experiments were submitted.</summary>
    public double PerSecond => commits / busy.TotalSeconds;

    public async Task Next()
    {
        if (next + perTransaction >= Segments) await Begin();
        var events = Enumerable.Range(next, perTransaction).SelectMany(EndAndNext).ToList();
        var watch = Stopwatch.StartNew();
        await Write(events);
        Waits.Add(watch.Elapsed.TotalMilliseconds);
        busy += watch.Elapsed;
        next += perTransaction;
        commits += perTransaction;
    }

    private async Task Begin()
    {
        experiment = $"bench-{Guid.NewGuid():N}";
        next = 0;
        await Write(
        [
            new ExperimentSubmitted(
                "spec", "sha", new([]), Segments, [.. Enumerable.Range(0, Segments)], "numerics"),
            new SegmentGranted(0, 1, "session"),
        ]);
    }

    private static IEnumerable<ExperimentEvent> EndAndNext(int segment)
    {
        yield return new SegmentCommitted(segment, 1, 0, 10, true, new string('c', 64), 1024)
        {
            Results = [new LaneResult(segment, null, new string('h', 64), Points)],
        };
        yield return new SegmentGranted(segment + 1, 1, "session");
    }

    private async Task Write(IReadOnlyList<ExperimentEvent> events)
    {
        var outcome = await journal.Append(epoch, experiment, events);
        if (outcome != Appended.Ok) throw new InvalidOperationException($"a write was {outcome}");
    }
}
