using Mneme.Actors;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Actors;

/// <summary>
/// Rules A9 to A12: names, restarts, models that never restart, errors that end it all.
/// </summary>
public sealed class SupervisionTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly TestSystem test = new();

    public void Dispose() => test.Dispose();

    [Fact]
    public void A_name_is_taken_until_its_actor_has_completed_its_stop()
    {
        var gate = new TaskCompletionSource();
        var address = test.Spawn("only", () => new Probe<int>
        {
            OnSignal = async (_, _) => await gate.Task,
        });
        test.Settle();
        var stop = test.System.Stop(address);
        test.Settle();
        Should.Throw<NameTaken>(() => test.Spawn("only", () => new Probe<int>()));

        gate.SetResult();
        test.Await(stop);

        test.Spawn("only", () => new Probe<int>()).ShouldNotBe(address);
        address.Offer(1).ShouldBeFalse();
    }

    [Fact]
    public void Nobody_awaits_its_own_stop()
    {
        Exception? caught = null;
        test.Spawn("actor", () => new Probe<int>
        {
            OnStart = async here =>
            {
                await Task.Yield();
                caught = Should.Throw<InvalidOperationException>(() => test.System.Stop(here.Self));
            },
        });
        test.Settle();
        caught!.Message.ShouldContain("its own stop");
    }

    [Fact]
    public void Five_restarts_in_a_minute_back_off_and_the_sixth_failure_goes_up()
    {
        var births = new List<DateTimeOffset>();
        var parent = new Probe<int>
        {
            OnStart = here =>
            {
                here.Spawn("child", () => new Probe<int>
                {
                    OnStart = h =>
                    {
                        births.Add(h.Clock.GetUtcNow());
                        throw new FormatException();
                    },
                });
                return default;
            },
        };
        var address = test.Spawn("parent", () => parent, Supervision.Stop);
        test.Advance(Second * 50);

        var pauses = births.Zip(births.Skip(1), (a, b) => (b - a).TotalSeconds).ToList();
        pauses.Count.ShouldBe(5);
        foreach (var (pause, expected) in pauses.Zip([0.2, 0.4, 0.8, 1.6, 3.2]))
            pause.ShouldBe(expected, expected * 0.2001);
        pauses.ShouldNotContain(0.2);
        address.Stopped.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void A_failure_now_and_then_is_restarted_for_ever()
    {
        var lives = 0;
        var address = test.Spawn("service", () => new Probe<int>
        {
            OnStart = _ => { lives++; return default; },
            OnMessage = (_, _) => throw new FormatException(),
        });
        for (var i = 0; i < 50; i++) { address.Offer(i); test.Advance(Second * 20); }
        lives.ShouldBe(51);
    }

    [Fact]
    public void Messages_wait_through_a_restart_and_only_the_poisonous_one_is_lost()
    {
        var received = new List<int>();
        var address = test.Spawn("service", () => new Probe<int>
        {
            Received = received,
            OnMessage = (_, n) => n == 1 ? throw new FormatException() : default,
        });
        for (var i = 0; i < 4; i++) address.Offer(i);
        test.Advance(Second);
        received.ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public void A_cohort_never_restarts_in_place_but_its_parent_hears_and_loads_it_anew()
    {
        var instances = 0;
        var parent = new Probe<string>
        {
            OnStart = here => { SpawnCohort(here); return default; },
            OnSignal = (here, signal) =>
            {
                if (signal is Signal.ChildFailed { Name: "cohort", Error: FormatException })
                    SpawnCohort(here);
                return default;
            },
        };
        test.Spawn("worker", () => parent);
        test.Advance(Second);
        instances.ShouldBe(2);
        parent.Signals.Count.ShouldBe(1);

        void SpawnCohort(Scope<string> here) => here.Spawn("cohort", () => new Probe<int>
        {
            OnStart = _ => ++instances == 1 ? throw new FormatException() : default,
        }, Supervision.Stop);
    }

    [Fact]
    public void An_error_that_no_restart_cures_ends_the_process()
    {
        var address = test.Spawn("worker", () => new Probe<int>
        {
            OnMessage = (_, _) => throw new InsufficientExecutionStackException(),
        });
        address.Offer(1);
        test.Settle();
        test.Deaths.Single().ShouldBeOfType<InsufficientExecutionStackException>();
    }

    [Fact]
    public void A_failure_that_reaches_the_top_is_told_to_the_host()
    {
        var address = test.Spawn("leader", () => new Probe<int>
        {
            OnMessage = (_, _) => throw new FormatException("split"),
        }, Supervision.Escalate);
        address.Offer(1);
        var failure = test.Run(() => test.System.Failure);
        failure.ShouldBeOfType<ChildFailure>().InnerException.ShouldBeOfType<FormatException>();
    }

    [Fact]
    public void A_failing_parent_takes_its_children_with_it_before_it_starts_again()
    {
        var log = new List<string>();
        var address = test.Spawn("parent", () => new Probe<int>
        {
            OnStart = here =>
            {
                log.Add("parent starts");
                here.Spawn("child", () => new Probe<int>
                {
                    OnStart = _ => { log.Add("child starts"); return default; },
                    OnSignal = (_, _) => { log.Add("child stops"); return default; },
                });
                return default;
            },
            OnMessage = (_, _) => throw new FormatException(),
        });
        test.Settle();
        address.Offer(1);
        test.Advance(Second);
        log.ShouldBe(
            ["parent starts", "child starts", "child stops", "parent starts", "child starts"]);
    }

    [Fact]
    public void A_watcher_hears_of_an_end_and_of_one_that_was_already_there()
    {
        var watched = test.Spawn("watched", () => new Probe<int>());
        var early = Watch("early", watched);
        test.Settle();
        test.Await(test.System.Stop(watched));
        var late = Watch("late", watched);
        test.Settle();
        Signal expected = new Signal.WatchedStopped("test/watched", null);
        early.Signals.ShouldBe([expected]);
        late.Signals.ShouldBe([expected]);
    }

    private Probe<string> Watch(string name, Address<int> whom)
    {
        var probe = new Probe<string>
        {
            OnStart = here => { here.Watch(whom); return default; },
        };
        test.Spawn(name, () => probe);
        return probe;
    }
}
