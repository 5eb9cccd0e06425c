using Mneme.Messages;
using Mneme.Telemetry;

namespace Mneme.Worker.Sessions;

/// <summary>What must be answered: each message is said again, ever more rarely, until its answer
/// comes.</summary>
internal sealed class Outbox(TimeProvider clock)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);
    private readonly SortedDictionary<(string, int, long), Entry> waiting = [];

    public int Count => waiting.Count;

    /// <summary>Replaces an earlier message about the same grant.</summary>
    public void Put(Message message) =>
        waiting[KeyOf(message)] = new Entry(message) { Due = Now };

    public void Answered(SegmentId segment, long epoch) => waiting.Remove(Key(segment, epoch));

    /// <summary>All that wait are due at once: whoever answers has only now come to know us.
    /// </summary>
    public void Hurry()
    {
        foreach (var entry in waiting.Values) entry.Due = Now;
    }

    /// <summary>Messages whose time has come, with how often each was said before.</summary>
    public IReadOnlyList<(Message Message, int Times)> TakeDue()
    {
        Instruments.QueueDepth("outbox", waiting.Count);
        var now = Now;
        var due = new List<(Message, int)>();
        foreach (var entry in waiting.Values.Where(entry => entry.Due <= now))
        {
            due.Add((entry.Message, entry.Times));
            entry.Due = now + entry.Pause;
            entry.Pause = entry.Pause * 2 < LongestPause ? entry.Pause * 2 : LongestPause;
            entry.Times++;
        }
        return due;
    }

    private TimeSpan Now => clock.GetElapsedTime(0);

    private static (string, int, long) KeyOf(Message message) => message switch
    {
        Commit commit => Key(commit.Segment, commit.Epoch),
        Release back => Key(back.Segment, back.Epoch),
        Failed failed => Key(failed.Segment, failed.Epoch),
        _ => throw new ArgumentException($"{message.GetType().Name} is not answered"),
    };

    private static (string, int, long) Key(SegmentId segment, long epoch) =>
        (segment.Experiment, segment.Index, epoch);

    private sealed class Entry(Message message)
    {
        public Message Message => message;
        public TimeSpan Due { get; set; }
        public TimeSpan Pause { get; set; } = FirstPause;
        public int Times { get; set; }
    }
}
