using System.Text.Json;
using Mneme.Journal;
using Mneme.Plans;
using Mneme.Tests.Coordinator.Experiments;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Journal;

public sealed class EventCodecTests
{
    private static readonly Order Order = new("ada", "127.0.0.1", "a reason", "request");

    public static TheoryData<string, ExperimentEvent> OneOfEachKind => new()
    {
        { "epochs-raised", new EpochsRaised(1_000_000) },
        { "experiment-cancelled", new ExperimentCancelled(Order) },
        { "experiment-completed", new ExperimentCompleted() },
        { "experiment-held", new ExperimentHeld(true, Order) },
        { "experiment-resumed", new ExperimentResumed(Order) },
        { "experiment-submitted", new ExperimentSubmitted(
            "name: x\n", "sha", new Packing([new ShapePacking(8, 500)]), 2, [0], "class") },
        { "numerics-bound", new NumericsBound("class") },
        { "operator-acted", new OperatorActed("drain", "node-1", Order) },
        { "segment-committed", new SegmentCommitted(3, 2, 300, 400, true, "checkpoint", 1024) },
        { "segment-granted", new SegmentGranted(3, 2, "session") },
        { "segment-quarantined", new SegmentQuarantined(3, "oom", "out of memory") },
        { "segment-ready", new SegmentReady(3) },
        { "segment-returned", new SegmentReturned(3, 2, "oom", "out of memory", true) },
        { "segment-retried", new SegmentRetried(3, Order) },
    };

    [Theory, MemberData(nameof(OneOfEachKind))]
    public void A_kind_is_stored_as_it_always_was(string kind, ExperimentEvent happened)
    {
        var (stored, payload) = EventCodec.Encode(happened);

        stored.ShouldBe(kind);
        Golden.Check($"events/{kind}.json", payload);
        EventCodec.Encode(EventCodec.Decode(stored, payload)).ShouldBe((stored, payload));
    }

    [Fact]
    public void Every_kind_is_among_the_samples() =>
        OneOfEachKind.Select(sample => (string)sample[0]).Order(StringComparer.Ordinal)
            .ShouldBe(EventCodec.Kinds);

    [Theory, MemberData(nameof(OneOfEachKind))]
    public void The_state_knows_what_to_do_with_every_kind(string kind, ExperimentEvent happened)
    {
        var state = Samples.State(trials: 4, lanes: 1, steps: 10, segment: 10);

        Should.NotThrow(() => state.Apply(happened), kind);
    }

    [Fact]
    public void A_kind_of_a_later_version_is_named_instead_of_skipped() =>
        Should.Throw<JsonException>(() => EventCodec.Decode("from-the-future", "{}"))
            .Message.ShouldContain("from-the-future");
}
