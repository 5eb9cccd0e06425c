using Mneme.Messages;
using Mneme.Tests.Shared.Actors;
using Mneme.Worker.Sessions;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Sessions;

public sealed class OutboxTests
{
    private static readonly SegmentId Segment = new("e", 1);
    private readonly VirtualClock clock = new();
    private readonly Outbox outbox;

    public OutboxTests() => outbox = new Outbox(clock);

    [Fact]
    public void A_message_is_said_again_ever_more_rarely_until_it_is_answered()
    {
        outbox.Put(new Release(Segment, 1, "drained"));
        var times = new List<double>();
        for (var second = 0; second < 200; second++)
        {
            if (outbox.TakeDue().Count > 0) times.Add(second);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        times.ShouldBe([0, 5, 15, 35, 75, 135, 195]);
        outbox.Answered(Segment, 1);
        outbox.Count.ShouldBe(0);
    }

    [Fact]
    public void Whoever_answers_from_now_on_hears_everything_at_once()
    {
        outbox.Put(new Release(Segment, 1, "drained"));
        outbox.TakeDue();

        outbox.Hurry();

        outbox.TakeDue().Count.ShouldBe(1);
    }

    [Fact]
    public void Of_one_grant_only_the_last_word_waits()
    {
        outbox.Put(new Release(Segment, 1, "drained"));
        outbox.Put(new Failed(Segment, 1, "oom", ""));

        outbox.TakeDue().Single().Message.ShouldBeOfType<Failed>();
    }
}
