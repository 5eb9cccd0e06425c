using Mneme.Actors;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Actors;

/// <summary>Rule A8: timers belong to one life of one actor.</summary>
public sealed class TimerTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly TestSystem test = new();

    public void Dispose() => test.Dispose();

    [Fact]
    public void A_message_ordered_for_later_comes_once_at_its_time()
    {
        var probe = Spawn(here => here.After("beat", Second, "tick"));
        test.Advance(Second * 0.9);
        probe.Received.ShouldBeEmpty();
        test.Advance(Second * 5);
        probe.Received.ShouldBe(["tick"]);
    }

    [Fact]
    public void A_period_ticks_until_it_is_cancelled()
    {
        var probe = Spawn(
            here => here.Every("beat", Second, "tick"),
            (here, count) => { if (count == 3) here.Cancel("beat"); });
        test.Advance(Second * 10);
        probe.Received.Count.ShouldBe(3);
    }

    [Fact]
    public void Setting_a_key_again_replaces_its_timer()
    {
        var probe = Spawn(here =>
        {
            here.After("beat", Second, "old");
            here.After("beat", Second * 2, "new");
        });
        test.Advance(Second * 5);
        probe.Received.ShouldBe(["new"]);
    }

    [Fact]
    public void A_tick_that_waits_in_the_box_when_its_timer_is_cancelled_is_not_received()
    {
        var probe = Spawn(
            here => { here.After("a", Second, "a"); here.After("b", Second, "b"); },
            (here, _) => { here.Cancel("a"); here.Cancel("b"); });
        test.Settle();
        test.Clock.Advance(Second);
        test.Settle();
        probe.Received.ShouldBe(["a"]);
    }

    [Fact]
    public void Ticks_do_not_outlive_a_restart()
    {
        var lives = 0;
        var received = new List<string>();
        var address = test.Spawn("actor", () => new Probe<string>
        {
            Received = received,
            OnStart = here =>
            {
                if (++lives == 1) here.Every("beat", Second, "tick of life 1");
                return default;
            },
            OnMessage = (_, m) => m == "fail" ? throw new FormatException() : default,
        });
        address.Offer("fail");
        test.Advance(Second * 10);
        lives.ShouldBe(2);
        received.ShouldBe(["fail"]);
    }

    [Fact]
    public void A_slow_actor_finds_one_tick_in_its_box_and_not_a_hundred()
    {
        var gate = new TaskCompletionSource();
        var received = new List<string>();
        test.Spawn("actor", () => new Probe<string>
        {
            Received = received,
            OnStart = here => { here.Every("beat", Second, "tick"); return default; },
            OnMessage = async (_, _) => await gate.Task,
        });
        test.Advance(Second * 100);
        gate.SetResult();
        test.Settle();
        received.Count.ShouldBe(2);
    }

    [Fact]
    public void An_actor_hears_that_nothing_came_for_a_while()
    {
        var probe = new Probe<string>
        {
            OnStart = here =>
            {
                here.IdleAfter(Second * 10);
                here.Every("own", Second, "a tick of its own does not count");
                return default;
            },
            OnSignal = (here, signal) =>
            {
                if (signal is Signal.Idle) here.Stop();
                return default;
            },
        };
        var address = test.Spawn("actor", () => probe);
        test.Advance(Second * 8);
        address.Offer("still wanted");
        test.Advance(Second * 8);
        address.Stopped.IsCompleted.ShouldBeFalse();
        test.Advance(Second * 3);
        address.Stopped.IsCompleted.ShouldBeTrue();
    }

    private Probe<string> Spawn(
        Action<Scope<string>> start, Action<Scope<string>, int>? message = null)
    {
        var received = new List<string>();
        var probe = new Probe<string>
        {
            Received = received,
            OnStart = here => { start(here); return default; },
            OnMessage = (here, _) => { message?.Invoke(here, received.Count); return default; },
        };
        test.Spawn("actor", () => probe);
        return probe;
    }
}
