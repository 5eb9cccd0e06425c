using Mneme.Actors;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Actors;

/// <summary>Rules A1 to A4: two lanes, bounds, who may wait, what may be dropped.</summary>
public sealed class MailboxTests : IDisposable
{
    private readonly TestSystem test = new();

    public void Dispose() => test.Dispose();

    [Fact]
    public void A_stop_overtakes_every_waiting_message()
    {
        test.ExpectDeadLetters();
        var probe = new Probe<int>();
        var address = test.Spawn("busy", () => probe);
        for (var i = 0; i < 10; i++) address.Offer(i).ShouldBeTrue();

        var stop = test.System.Stop(address);
        test.Await(stop);

        probe.Received.ShouldBeEmpty();
        test.DeadLetters.Count.ShouldBe(10);
    }

    [Fact]
    public void After_64_messages_another_actor_gets_the_thread()
    {
        var order = new List<string>();
        var first = test.Spawn("first", () => new Probe<int>
        {
            OnMessage = (_, _) => { order.Add("first"); return default; },
        });
        var second = test.Spawn("second", () => new Probe<int>
        {
            OnMessage = (_, _) => { order.Add("second"); return default; },
        });
        test.Settle();
        for (var i = 0; i < 640; i++) { first.Offer(i); second.Offer(i); }

        test.Settle();

        LongestRun(order).ShouldBeLessThan(640);
        order.Chunk(64).ShouldAllBe(turn => turn.Distinct().Count() == 1);
    }

    [Fact]
    public void A_full_box_refuses_and_shows_depth_age_and_refusals()
    {
        var address = test.Spawn("slow", () => new Probe<int>(), box: Box.Bounded(3));
        for (var i = 0; i < 3; i++) address.Offer(i).ShouldBeTrue();
        address.Offer(3).ShouldBeFalse();
        test.Clock.Advance(TimeSpan.FromSeconds(7));

        var state = test.System.Actors.Single();

        state.ShouldBe(new ActorState("test/slow", 3, TimeSpan.FromSeconds(7), 1));
    }

    [Fact]
    public void The_box_holds_1024_messages_unless_told_otherwise()
    {
        var address = test.Spawn("slow", () => new Probe<int>());
        var accepted = Enumerable.Range(0, 2000).Count(address.Offer);
        accepted.ShouldBe(1024);
    }

    [Fact]
    public void A_parent_waits_for_room_in_its_childs_box()
    {
        var child = new Probe<int>();
        var sent = new List<bool>();
        test.Spawn("parent", () => new Probe<string>
        {
            OnStart = async here =>
            {
                var address = here.Spawn("child", () => child, box: Box.Bounded(2));
                for (var i = 0; i < 10; i++) sent.Add(await address.Post(i, TimeSpan.FromHours(1)));
            },
        });

        test.Settle();

        sent.ShouldAllBe(ok => ok);
        child.Received.ShouldBe(Enumerable.Range(0, 10));
    }

    [Fact]
    public void A_parents_wait_for_room_ends_with_its_time()
    {
        var gate = new TaskCompletionSource();
        var sent = new List<bool>();
        test.Spawn("parent", () => new Probe<string>
        {
            OnStart = async here =>
            {
                var child = here.Spawn("child", () => new Probe<int>
                {
                    OnMessage = async (_, _) => await gate.Task,
                }, box: Box.Bounded(1));
                for (var i = 0; i < 3; i++) sent.Add(await child.Post(i, TimeSpan.FromSeconds(1)));
            },
        });
        test.Advance(TimeSpan.FromSeconds(5));
        sent.Count(ok => !ok).ShouldBeGreaterThan(0);
        gate.SetResult();
    }

    [Fact]
    public void Waiting_sideways_or_upwards_is_refused_because_a_cycle_would_stand_still()
    {
        var other = test.Spawn("other", () => new Probe<int>());
        test.Spawn("sender", () => new Probe<string>
        {
            OnStart = async _ => await other.Post(1, TimeSpan.FromSeconds(1)),
        }, Supervision.Stop);

        test.Settle();

        test.Log.ShouldContain(line => line.Error is InvalidOperationException
            && line.Error.Message.Contains("only a parent waits"));
    }

    [Fact]
    public void Only_a_box_made_for_progress_drops_and_it_drops_the_oldest()
    {
        var probe = new Probe<int>();
        var address = test.Spawn("progress", () => probe, box: Box.DropOldest(2));
        for (var i = 0; i < 5; i++) address.Offer(i).ShouldBeTrue();

        test.Settle();

        probe.Received.ShouldBe([3, 4]);
    }

    private static int LongestRun(List<string> order)
    {
        var (longest, run) = (1, 1);
        for (var i = 1; i < order.Count; i++)
        {
            run = order[i] == order[i - 1] ? run + 1 : 1;
            longest = Math.Max(longest, run);
        }
        return longest;
    }
}
