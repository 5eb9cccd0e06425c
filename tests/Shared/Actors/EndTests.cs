using Mneme.Actors;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Actors;

/// <summary>Threads that end with their actor, and the end of a whole system.</summary>
public sealed class EndTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void An_own_thread_is_cancelled_and_joined_before_its_actor_is_gone()
    {
        using var test = new TestSystem();
        using var running = new ManualResetEventSlim();
        var left = false;
        var address = test.Spawn("cohort", () => new Probe<string>
        {
            OnStart = here =>
            {
                here.OwnThread("train", token =>
                {
                    running.Set();
                    token.WaitHandle.WaitOne();
                    left = true;
                });
                return default;
            },
        });
        test.Until(() => running.IsSet);
        test.System.Threads.ShouldBe(1);

        test.Await(test.System.Stop(address));

        left.ShouldBeTrue();
        test.System.Threads.ShouldBe(0);
    }

    [Fact]
    public void An_error_of_who_waits_for_a_stop_does_not_reach_who_asks_for_it()
    {
        using var test = new TestSystem();
        var child = new Probe<int>
        {
            OnStart = here =>
            {
                here.Stopping.Register(() => throw new FormatException());
                return default;
            },
        };
        var parent = test.Spawn("parent", () => new Probe<int>
        {
            OnStart = here => { here.Spawn("child", () => child); return default; },
        });
        test.Settle();
        test.Await(test.System.Stop(parent));
        child.Signals.ShouldHaveSingleItem().ShouldBe(new Signal.Stopping());
    }

    [Fact]
    public void An_own_thread_that_throws_fails_its_actor()
    {
        using var test = new TestSystem();
        var address = test.Spawn("cohort", () => new Probe<string>
        {
            OnStart = here =>
            {
                here.OwnThread("train", _ => throw new FormatException("NaN"));
                return default;
            },
        }, Supervision.Stop);
        test.Await(address.Stopped);
        test.Log.ShouldContain(line => line.Error is FormatException);
    }

    [Fact]
    public void An_own_threads_end_can_be_a_message()
    {
        using var test = new TestSystem();
        var probe = new Probe<string>
        {
            OnStart = here =>
            {
                here.OwnThread("ok", _ => { }, error => error?.Message ?? "fine");
                here.OwnThread("bad", _ => throw new FormatException("NaN"), e => e?.Message ?? "");
                return default;
            },
        };
        test.Spawn("cohort", () => probe);
        test.Until(() => probe.Received.Count == 2);
        probe.Received.ShouldBe(["fine", "NaN"], ignoreOrder: true);
    }

    [Fact]
    public void The_end_runs_its_phases_in_their_order_and_then_stops_the_actors()
    {
        using var test = new TestSystem();
        var log = new List<string>();
        test.Spawn("actor", () => new Probe<int>
        {
            OnSignal = (_, _) => { log.Add("actor stops"); return default; },
        });
        test.System.AddPhase(new Phase("refuse work", Second, _ => Note("refuse work")));
        test.System.AddPhase(new Phase("drain", Second, _ => Note("drain"), "refuse work"));
        test.System.AddPhase(new Phase("bye", Second, _ => Note("bye"), "drain"));

        var first = test.Begin(() => test.System.Terminate(Second * 10));
        var second = test.Begin(() => test.System.Terminate(Second * 10));
        var outcomes = test.Run(() => first);

        log.ShouldBe(["refuse work", "drain", "bye", "actor stops"]);
        outcomes.ShouldAllBe(outcome => outcome.End == PhaseEnd.Done);
        second.ShouldBeSameAs(first);

        async Task Note(string name)
        {
            await Task.Yield();
            log.Add(name);
        }
    }

    [Fact]
    public void A_late_phase_is_cancelled_and_left_behind_and_a_failed_one_stops_nothing()
    {
        using var test = new TestSystem();
        var cancelled = false;
        test.System.AddPhase(new Phase("late", Second, token =>
        {
            token.Register(() => cancelled = true);
            return new TaskCompletionSource().Task;
        }));
        test.System.AddPhase(new Phase("bad", Second, _ => throw new FormatException()));
        var end = test.Begin(() => test.System.Terminate(Second * 10));
        test.Advance(Second * 2);

        var outcomes = test.Run(() => end);

        outcomes.Select(o => (o.Name, o.End)).ShouldBe(
            [("late", PhaseEnd.Late), ("bad", PhaseEnd.Failed), ("actors", PhaseEnd.Done)]);
        cancelled.ShouldBeTrue();
    }

    [Fact]
    public void A_phase_can_only_follow_what_is_there_so_no_cycle_can_be_written()
    {
        using var test = new TestSystem();
        Should.Throw<InvalidOperationException>(() => test.System.AddPhase(
            new Phase("a", Second, _ => Task.CompletedTask, "b")));
    }

    [Fact]
    public void An_actor_that_does_not_stop_does_not_hold_the_end_beyond_its_deadline()
    {
        using var test = new TestSystem();
        var gate = new TaskCompletionSource();
        test.Spawn("stubborn", () => new Probe<int>
        {
            OnSignal = async (_, _) => await gate.Task,
        });
        var end = test.Begin(() => test.System.Terminate(Second * 3));
        test.Advance(Second * 4);
        test.Run(() => end).Single().End.ShouldBe(PhaseEnd.Late);
        gate.SetResult();
        test.Settle();
    }
}
