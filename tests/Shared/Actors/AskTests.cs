using Mneme.Actors;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Actors;

/// <summary>
/// Rules A5 to A7 and A13: questions, reentrancy, reply addresses, continuations.
/// </summary>
public sealed class AskTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly TestSystem test = new();

    public void Dispose() => test.Dispose();

    private sealed record Question(int Number, Sink<int> Reply);

    [Fact]
    public void An_answer_comes_back_to_the_asker()
    {
        var doubler = test.Spawn("doubler", () => new Probe<Question>
        {
            OnMessage = (_, q) => { q.Reply.Ok(q.Number * 2); return default; },
        });
        Ask(doubler, 21).ShouldBe(new Answer<int>.Ok(42));
    }

    [Fact]
    public void A_handler_that_throws_answers_with_its_error()
    {
        var broken = test.Spawn("broken", () => new Probe<Question>
        {
            OnMessage = (_, _) => throw new FormatException("no"),
        }, Supervision.Stop);
        Ask(broken, 1).ShouldBeOfType<Answer<int>.Failed>().Error.ShouldBeOfType<FormatException>();
    }

    [Fact]
    public void A_question_that_never_reached_the_handler_is_rejected()
    {
        var address = test.Spawn("gone", () => new Probe<Question>());
        var waiting = Begin(address, 1);
        test.Await(test.System.Stop(address));
        test.Run(() => waiting).ShouldBeOfType<Answer<int>.Rejected>();
        Ask(address, 2).ShouldBeOfType<Answer<int>.Rejected>();
        Ask(default, 3).ShouldBeOfType<Answer<int>.Rejected>();
    }

    [Fact]
    public void When_the_time_is_over_nobody_knows()
    {
        var silent = test.Spawn("silent", () => new Probe<Question>());
        var waiting = Begin(silent, 1);
        test.Advance(Second * 2);
        test.Run(() => waiting).ShouldBeOfType<Answer<int>.Unknown>();
    }

    [Fact]
    public void When_an_actor_stops_with_the_question_in_hand_nobody_knows_and_nobody_waits()
    {
        var silent = test.Spawn("silent", () => new Probe<Question>());
        var waiting = Begin(silent, 1);
        test.Settle();
        test.Await(test.System.Stop(silent));
        test.Run(() => waiting).ShouldBeOfType<Answer<int>.Unknown>();
    }

    [Fact]
    public void The_reply_address_is_in_the_message_and_holds_after_an_await()
    {
        var gate = new TaskCompletionSource();
        var slow = test.Spawn("slow", () => new Probe<Question>
        {
            OnMessage = async (_, q) => { await gate.Task; q.Reply.Ok(q.Number); },
        });
        var first = Begin(slow, 1);
        var second = Begin(slow, 2);
        test.Settle();
        gate.SetResult();
        test.Run(() => first).ShouldBe(new Answer<int>.Ok(1));
        test.Run(() => second).ShouldBe(new Answer<int>.Ok(2));
    }

    [Fact]
    public void An_actor_that_awaits_takes_no_other_message()
    {
        var inside = 0;
        var address = test.Spawn("slow", () => new Probe<int>
        {
            OnMessage = async (_, _) =>
            {
                (++inside).ShouldBe(1);
                for (var i = 0; i < 5; i++) await Task.Yield();
                inside--;
            },
        }, Supervision.Stop);
        for (var i = 0; i < 20; i++) address.Offer(i);

        test.Settle();

        test.Log.ShouldBeEmpty();
        test.System.Actors.Single().Depth.ShouldBe(0);
    }

    [Fact]
    public void Long_work_comes_back_as_a_message_while_the_actor_goes_on()
    {
        var work = new TaskCompletionSource<int>();
        var probe = new Probe<string>
        {
            OnStart = here =>
            {
                here.Later(work.Task, n => $"done {n}", error => error.Message);
                return default;
            },
        };
        var address = test.Spawn("actor", () => probe);
        address.Offer("meanwhile");
        test.Settle();
        work.SetResult(3);
        test.Settle();
        probe.Received.ShouldBe(["meanwhile", "done 3"]);
    }

    [Fact]
    public void Failed_work_comes_back_as_a_message_too()
    {
        var probe = new Probe<string>
        {
            OnStart = here =>
            {
                var broken = Task.FromException<int>(new FormatException("bad"));
                here.Later(broken, _ => "", error => error.Message);
                return default;
            },
        };
        test.Spawn("actor", () => probe);
        test.Settle();
        probe.Received.ShouldBe(["bad"]);
    }

    [Fact]
    public void The_askers_continuation_never_runs_on_the_stack_of_the_one_who_answers()
    {
        var (answering, entered) = (false, false);
        var address = test.Spawn("actor", () => new Probe<Question>
        {
            OnMessage = (_, q) =>
            {
                answering = true;
                q.Reply.Ok(1);
                answering = false;
                return default;
            },
        });
        test.Run(async () =>
        {
            await address.Ask<int>(reply => new Question(1, reply), Second);
            entered = answering;
        });
        entered.ShouldBeFalse();
    }

    private Answer<int> Ask(Address<Question> whom, int number) =>
        test.Run(() => whom.Ask<int>(reply => new Question(number, reply), Second));

    private Task<Answer<int>> Begin(Address<Question> whom, int number) =>
        test.Begin(() => whom.Ask<int>(reply => new Question(number, reply), Second));
}
