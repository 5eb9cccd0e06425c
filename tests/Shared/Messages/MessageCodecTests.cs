using System.Text;
using System.Text.Json;
using Mneme.Messages;
using Mneme.Plans;
using Mneme.Specs;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Messages;

public sealed class MessageCodecTests
{
    private static readonly SegmentId Segment = new("memory-mlp", 3);

    private static readonly LaneResult Lane =
        new(7, 41, "chain", PackedPoints.Of([100], [[0.5, double.NaN]]));

    public static TheoryData<string, Message> OneOfEachKind => new()
    {
        { "assign", new Assign(
            Segment, "c00000/s00003", 2, "memory-mlp", "cpu", 1,
            new PhaseStart(1, new SwitchSpec("redraw",
                [
                    new Setting("clear", new SettingValue.Flag(true)),
                    new Setting("freeze", new SettingValue.Texts(["attention"])),
                ]), "before"),
            300, 400, 100, [300], [350], 2, ["before"],
            [new Setting("learning_rate", new SettingValue.Real(1e-4))], ["parent"],
            [new AssignedLane(7, 8, [new Setting("inner_steps", new SettingValue.Integer(2))],
                new LaneSource(0, 5))]) },
        { "announce", new Announce("leader") },
        { "beat", new Beat(
            9, 1, TimeSpan.FromMilliseconds(2), [new Held(Segment, 2, 350)]) },
        { "beat-ack", new BeatAck(9) },
        { "bye", new Bye() },
        { "commit", new Commit(Segment, 2, 300, 400, true, "checkpoint", 1024, [Lane], null,
            "records", 512) },
        { "commit-reply", new CommitReply(Segment, 2, CommitOutcome.Duplicate, null) },
        { "control", new Control("drain") },
        { "draining", new Draining() },
        { "failed", new Failed(Segment, 2, "oom", "out of memory") },
        { "hello", new Hello(
            2, "node", "life", "box", 2, "cpu", "class", "catalogue", "token", []) },
        { "progress", new Progress(Segment, 2, 350) },
        { "refuse", new Refuse("proto", "another version") },
        { "release", new Release(Segment, 2, "drained") },
        { "view", new View(new ClusterView(
            new LeaderView("node", "life", 3, "http://127.0.0.1"), DateTimeOffset.UnixEpoch,
            [new WorkerView("node", "life", "live", 2, 1, "cpu", "class", TimeSpan.FromSeconds(1),
                TimeSpan.Zero, [new HeldView("memory-mlp", 3, 2, 350)])],
            [new ExperimentSummary(
                "memory-mlp", "memory-mlp", "active", 8, 1, 0, 2, 900, 4000, 4, 1, 0,
                "trial 3: loss 0.1", null)])) },
        { "welcome", new Welcome(
            "session", TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(5), "leader",
            "http://127.0.0.1", [new Verdict(Segment, 3)]) },
    };

    [Theory, MemberData(nameof(OneOfEachKind))]
    public void A_kind_looks_on_the_wire_as_it_always_did(string kind, Message message) =>
        Golden.Check(
            $"messages/{kind}.json", Encoding.UTF8.GetString(MessageCodec.Encode(message)));

    [Theory, MemberData(nameof(OneOfEachKind))]
    public void A_message_says_the_same_after_the_journey(string kind, Message message)
    {
        var arrived = MessageCodec.Decode(MessageCodec.Encode(message)).ShouldNotBeNull(kind);

        arrived.GetType().ShouldBe(message.GetType());
        MessageCodec.Encode(arrived).ShouldBe(MessageCodec.Encode(message));
    }

    [Fact]
    public void Every_kind_is_among_the_samples() =>
        OneOfEachKind.Select(sample => (string)sample[0]).Order(StringComparer.Ordinal)
            .ShouldBe(MessageCodec.Kinds);

    [Fact]
    public void An_unknown_kind_is_not_decoded_and_an_unknown_field_is_ignored()
    {
        Decode("""{"v":1,"kind":"from-the-future","body":{}}""").ShouldBeNull();
        Decode("""{"v":1,"kind":"beat-ack","body":{"sequence":4,"more":[1]}}""")
            .ShouldBe(new BeatAck(4));
    }

    [Theory]
    [InlineData("""{"v":2,"kind":"beat-ack","body":{"sequence":4}}""")]
    [InlineData("""{"kind":"beat-ack","body":{"sequence":4}}""")]
    [InlineData("""{"v":"1","kind":"beat-ack","body":{"sequence":4}}""")]
    [InlineData("""{"v":1.5,"kind":"beat-ack","body":{"sequence":4}}""")]
    [InlineData("""{"v":1,"body":{"sequence":4}}""")]
    [InlineData("""{"v":1,"kind":7,"body":{"sequence":4}}""")]
    [InlineData("""{"v":1,"kind":"beat-ack"}""")]
    [InlineData("""{"v":1,"kind":"beat-ack","body":[4]}""")]
    [InlineData("""{"v":1,"kind":"beat-ack","body":null}""")]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("not json")]
    [InlineData("")]
    public void What_is_no_message_of_this_version_is_refused(string frame) =>
        Should.Throw<JsonException>(() => Decode(frame));

    private static Message? Decode(string frame) =>
        MessageCodec.Decode(Encoding.UTF8.GetBytes(frame));
}
