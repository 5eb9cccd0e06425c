using System.Text;
using Mneme.Telemetry;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Telemetry;

public sealed class TelemetryExportTests
{
    [Fact]
    public async Task A_collector_gets_every_instrument_and_the_spans()
    {
        await using var collector = await Collector.Start();
        using (new TelemetryExport(
            collector.Url, "worker", "node-7", "life-1", TimeSpan.FromMinutes(10)))
        {
            Instruments.SegmentsGranted(2);
            Instruments.SegmentCommitted(TimeSpan.FromMilliseconds(3));
            Instruments.SegmentFenced();
            Instruments.SegmentReturned("drained");
            Instruments.LeasesRenewed(5);
            Instruments.StepsTrained(640, "dam");
            Instruments.LiveSessions(3);
            Instruments.QueueDepth("commits", 4);
            using (Instruments.Begin("commit", "sample", segment: 12, epoch: 2)) { }
        }

        string[] measured =
        [
            "mneme-worker", "node-7", "life-1", "mneme.segments.granted",
            "mneme.segments.committed", "mneme.segments.fenced", "mneme.segments.returned",
            "drained", "mneme.lease.renewals", "mneme.steps", "dam", "mneme.sessions.live",
            "mneme.queue.depth", "commits", "mneme.commit.duration",
        ];
        measured.Except(Words(collector.Of("/v1/metrics"))).ShouldBeEmpty();
        string[] traced = ["mneme-worker", "commit", "mneme.experiment", "sample"];
        traced.Except(Words(collector.Of("/v1/traces"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Metrics_go_out_while_the_process_runs()
    {
        await using var collector = await Collector.Start();
        using var export = new TelemetryExport(
            collector.Url, "coordinator", "node", "life", TimeSpan.FromMilliseconds(100));
        Instruments.LiveSessions(1);

        await collector.Next("/v1/metrics").WaitAsync(TimeSpan.FromSeconds(20));
        await collector.Next("/v1/metrics").WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void A_collector_that_is_away_harms_nothing()
    {
        using var export = new TelemetryExport(
            new Uri("http://127.0.0.1:9"), "worker", "node", "life", TimeSpan.FromMilliseconds(50));
        Instruments.SegmentsGranted(1);
    }

    // Strings lie in protobuf as they are, after a byte that gives their length.
    private static IEnumerable<string> Words(byte[] message)
    {
        for (var at = 0; at < message.Length; at++)
            if (message[at] is > 0 and < 128 and var length && at + length < message.Length)
                yield return Encoding.UTF8.GetString(message, at + 1, length);
    }
}
