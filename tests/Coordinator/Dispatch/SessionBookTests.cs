using Mneme.Coordinator.Dispatch;
using Mneme.Messages;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Dispatch;

public sealed class SessionBookTests
{
    private readonly SessionBook book = new();

    [Fact]
    public void A_session_whose_mailbox_is_gone_is_lost_five_seconds_later()
    {
        Open(10);
        book.Suspect("box-3", At(0));

        book.Lost(At(4.9)).ShouldBeEmpty();
        book.Lost(At(5)).ShouldBe(["node-3.life"]);
    }

    [Fact]
    public void A_beat_or_a_new_mailbox_ends_the_suspicion()
    {
        Open(10);
        book.Suspect("box-3", At(0));
        book.Suspect("box-4", At(0));
        book.Put(book.Find("node-3.life")!.After(new Beat(1, 1, TimeSpan.Zero, []), At(1)));
        book.Open(book.Find("node-4.life")! with { Box = "box-40", SuspectSince = null });

        book.Lost(At(9)).ShouldBeEmpty();
    }

    [Fact]
    public void While_the_leaders_own_link_is_young_the_broker_may_have_been_away()
    {
        Open(10);
        book.Relink(At(-40));
        book.Suspect("box-3", At(0));

        book.Lost(At(19.9)).ShouldBeEmpty();
        book.Lost(At(20)).ShouldBe(["node-3.life"]);
    }

    [Fact]
    public void A_mailbox_that_outlived_the_leaders_link_shows_that_the_broker_stood()
    {
        Open(10);
        book.Relink(At(-1));
        book.Meet();
        book.Suspect("box-3", At(0));

        book.Lost(At(9.9)).ShouldBeEmpty();
        book.Lost(At(10)).ShouldBe(["node-3.life"]);
    }

    [Fact]
    public void Whose_process_was_started_again_is_lost_at_once()
    {
        Open(10);
        book.Relink(At(-1));
        book.Suspect("box-3", At(0));
        book.Lost(At(1)).ShouldBeEmpty();

        book.Open(Session(3) with
        {
            Id = "node-3.next", Secret = "other", Box = "box-30", Since = At(1),
        });

        book.Lost(At(1)).ShouldBe(["node-3.life"]);
    }

    [Fact]
    public void While_its_mailbox_is_there_a_process_is_not_lost_to_another_of_its_name()
    {
        Open(10);
        book.Open(Session(3) with
        {
            Id = "node-3.next", Secret = "other", Box = "box-30", Since = At(1),
        });

        book.Lost(At(20)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(10, 3, true)]
    [InlineData(10, 4, false)]      // more than three of ten at once: it was not they who went
    [InlineData(100, 10, true)]
    [InlineData(100, 11, false)]
    public void When_too_many_go_at_once_nobody_is_lost(int all, int gone, bool areLost)
    {
        Open(all);
        for (var i = 0; i < gone; i++) book.Suspect($"box-{i}", At(i * 0.1));

        book.Lost(At(8)).IsEmpty.ShouldBe(!areLost);
    }

    [Fact]
    public void A_frame_proves_its_session_by_secret_and_mailbox_together()
    {
        Open(2);

        book.Find(new Sender("box-1", "secret-1"))!.Id.ShouldBe("node-1.life");
        book.Find(new Sender("box-0", "secret-1")).ShouldBeNull();
        book.Find(new Sender("box-1", "guessed")).ShouldBeNull();
        book.Find(new Sender("box-1")).ShouldBeNull();
    }

    [Fact]
    public void A_late_beat_is_asked_for()
    {
        Open(2);

        book.Silent(At(6.9)).ShouldBeEmpty();
        book.Silent(At(7.1)).Count().ShouldBe(2);
    }

    [Fact]
    public void Slots_that_a_beat_calls_free_are_not_offered_while_their_grants_are_under_way()
    {
        var segment = new SegmentId("e", 0);
        var session = Session(0).After(new Beat(1, 2, TimeSpan.Zero, []), At(0));
        session.Credit.ShouldBe(2);

        session = session.Granted([(segment, 1)], At(0));
        session.Credit.ShouldBe(1);
        session.After(new Beat(2, 2, TimeSpan.Zero, []), At(1)).Credit.ShouldBe(1);
        session.After(new Beat(2, 1, TimeSpan.Zero, [new Held(segment, 1, 0)]), At(1))
            .Credit.ShouldBe(1);
    }

    private void Open(int count)
    {
        for (var i = 0; i < count; i++) book.Open(Session(i));
    }

    private static Session Session(int i) => new(
        $"node-{i}.life", $"secret-{i}", $"node-{i}", $"box-{i}", 2, "cpu", "class");

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
