using FsCheck;
using FsCheck.Fluent;
using Mneme.Actors;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Actors;

/// <summary>
/// Trees of actors that spawn, fail, stop, ask and wait as their messages say, in thousands of
/// interleavings. Whatever happens, every question ends and nothing is left behind.
/// </summary>
public sealed class StormTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private enum Deed { Nothing, Spawn, Fail, StopSelf, StopChild, Tick, Wait, Post }

    private sealed record Order(Deed Deed, int Number, Sink<int>? Reply = null);

    private sealed class Leaf(int depth) : Actor<Order>
    {
        private readonly List<Address<Order>> children = [];

        protected override async ValueTask Receive(Order order)
        {
            var name = $"child{order.Number % 3}";
            switch (order.Deed)
            {
                case Deed.Spawn when depth < 3: Spawn(name, order.Number); break;
                case Deed.Fail: throw new FormatException();
                case Deed.StopSelf: Here.Stop(); break;
                case Deed.StopChild when children.Count > 0: Here.Stop(children[^1]); break;
                case Deed.Tick: Here.Every(name, Second, new Order(Deed.Nothing, 0)); break;
                case Deed.Wait: await Task.Yield(); break;
                case Deed.Post when children.Count > 0:
                    await children[0].Post(order with { Deed = Deed.Fail, Reply = null }, Second);
                    break;
            }
            foreach (var child in children) child.Offer(order with { Reply = null });
            order.Reply?.Ok(order.Number);
        }

        private void Spawn(string name, int number)
        {
            if (Here.Children.Contains(name)) return;
            Supervision[] policies = [Supervision.Restart, Supervision.Stop, Supervision.Escalate];
            children.Add(Here.Spawn(name, () => new Leaf(depth + 1), policies[number % 3]));
        }
    }

    [Fact]
    public void Whatever_happens_every_question_ends_and_nothing_is_left_behind() =>
        Prop.ForAll<ulong, byte[]>((seed, deeds) =>
        {
            using var test = new TestSystem(seed);
            test.ExpectDeadLetters();
            var root = test.Spawn("root", () => new Leaf(0));
            var answers = deeds.Select((deed, number) => Ask(test, root, deed, number)).ToArray();
            test.Advance(Second * 90);
            return answers.All(answer => answer.IsCompleted);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static Task<Answer<int>> Ask(
        TestSystem test, Address<Order> root, byte deed, int number)
    {
        var order = new Order((Deed)(deed % 8), number);
        var answer = test.Begin(() =>
            root.Ask<int>(reply => order with { Reply = reply }, Second * 60));
        if (deed > 128) test.Advance(Second * 0.1);
        return answer;
    }
}
