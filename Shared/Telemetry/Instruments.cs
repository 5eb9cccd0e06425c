using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Mneme.Telemetry;

/// <summary>What a node measures of itself. Nobody listening, each call costs nothing; units last
/// in names, as the exporters want them.</summary>
public static class Instruments
{
    /// <summary>Of the meter and the source of activities.</summary>
    public const string Name = "mneme";

    private static readonly Meter Meter = new(Name);
    private static readonly ActivitySource Activities = new(Name);

    private static readonly Counter<long> Granted = Meter.CreateCounter<long>(
        "mneme.segments.granted", "{segment}", "Rights to compute a segment that were given.");
    private static readonly Counter<long> Committed = Meter.CreateCounter<long>(
        "mneme.segments.committed", "{segment}", "Commits that the journal took.");
    private static readonly Counter<long> Fenced = Meter.CreateCounter<long>(
        "mneme.segments.fenced", "{segment}", "Commits refused because the right had passed on.");
    private static readonly Counter<long> Returned = Meter.CreateCounter<long>(
        "mneme.segments.returned", "{segment}", "Grants that ended without a commit, by cause.");
    private static readonly Counter<long> Renewals = Meter.CreateCounter<long>(
        "mneme.lease.renewals", "{lease}", "Leases of sessions that were moved on.");
    private static readonly Counter<long> Trained = Meter.CreateCounter<long>(
        "mneme.steps", "{step}", "Steps trained, counted once for each lane.");
    private static readonly Histogram<double> CommitTime = Meter.CreateHistogram<double>(
        "mneme.commit.duration", "s", "From a commit's arrival to its being durable.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries =
                [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
        });
    private static readonly Gauge<int> Sessions = Meter.CreateGauge<int>(
        "mneme.sessions.live", "{session}", "Workers whose lease runs.");
    private static readonly Gauge<int> Waiting = Meter.CreateGauge<int>(
        "mneme.queue.depth", "{item}", "What waits in a queue, by queue.");

    public static void SegmentsGranted(int count) => Granted.Add(count);

    /// <param name="duration">From arrival to durable.</param>
    public static void SegmentCommitted(TimeSpan duration)
    {
        Committed.Add(1);
        CommitTime.Record(duration.TotalSeconds);
    }

    public static void SegmentFenced() => Fenced.Add(1);

    /// <param name="cause">One of the journal's stable words.</param>
    public static void SegmentReturned(string cause) =>
        Returned.Add(1, new KeyValuePair<string, object?>("cause", cause));

    public static void LeasesRenewed(int count) => Renewals.Add(count);

    /// <param name="family">What kind of experiment: few, unlike experiments.</param>
    public static void StepsTrained(long steps, string family) =>
        Trained.Add(steps, new KeyValuePair<string, object?>("family", family));

    public static void LiveSessions(int count) => Sessions.Record(count);

    /// <param name="queue"><c>segments</c>, <c>commits</c>, <c>outbox</c>, ...</param>
    public static void QueueDepth(string queue, int count) =>
        Waiting.Record(count, new KeyValuePair<string, object?>("queue", queue));

    /// <summary>The work on one segment, as a span; null when nobody looks. Dispose of it at the
    /// work's end.</summary>
    /// <param name="work"><c>grant</c>, <c>train</c>, <c>commit</c>, ...</param>
    public static Activity? Begin(string work, string experiment, int segment, long epoch)
    {
        var activity = Activities.StartActivity(work);
        activity?.SetTag("mneme.experiment", experiment);
        activity?.SetTag("mneme.segment", segment);
        activity?.SetTag("mneme.epoch", epoch);
        return activity;
    }
}
