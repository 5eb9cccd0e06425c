using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mneme.Actors;
using Mneme.Tests.Shared.Actors;
using Mneme.Transport;
using Mneme.Transport.InProcess;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Transport;

/// <summary>The in-process broker breaks only in ways in which a real one breaks.</summary>
public sealed class FaultTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>One thread, one seed, virtual time.</summary>
    private sealed class World(ulong seed, BrokerLimits? limits = null)
    {
        public SeededDispatcher Dispatcher { get; } = new(seed);
        public VirtualClock Clock { get; } = new();
        public Faults Faults { get; } = new(seed);
        public InProcessBroker Broker => field ??= new(Clock, Dispatcher, Faults, limits);
        public List<string> Handled { get; } = [];

        public ILink Connect(string node) =>
            Broker.Connect(new Caller(node, "inc")).GetAwaiter().GetResult();

        public IAsyncDisposable Serve(ILink link, Ack ack = Ack.Done) => link.Serve(delivery =>
        {
            Handled.Add(Encoding.UTF8.GetString(delivery.Frame.Body.Span));
            return ValueTask.FromResult(ack);
        }, 256);

        public void Run(TimeSpan time)
        {
            for (var passed = TimeSpan.Zero; passed <= time; passed += time / 50)
            {
                while (Dispatcher.Step()) { }
                Clock.Advance(time / 50);
            }
            while (Dispatcher.Step()) { }
        }
    }

    private static Frame Text(string text) => new(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void In_any_weather_every_accepted_durable_frame_is_handled() =>
        Prop.ForAll<ulong>(seed =>
        {
            var world = Stormy(seed);
            var worker = world.Connect("worker");
            world.Serve(world.Connect("coordinator"));
            var sends = Enumerable.Range(0, 50)
                .Select(i => worker.Send(Route.Coordinator, Text($"{i}")).AsTask()).ToArray();
            world.Run(Second * 5);
            return sends.Index().All(s => s.Item.IsCompleted
                && (Outcome(s.Item) != Sent.Accepted || world.Handled.Contains($"{s.Index}")));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void In_any_weather_a_mailbox_frame_comes_at_most_once() =>
        Prop.ForAll<ulong>(seed =>
        {
            var world = Stormy(seed);
            var (a, b) = (world.Connect("a"), world.Connect("b"));
            for (var i = 0; i < 50; i++) _ = a.Send(Route.To(b.Box), Text($"{i}")).AsTask();
            world.Run(Second * 5);
            var received = Drain(b);
            return received.Distinct().Count() == received.Count;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_same_seed_gives_the_same_weather() =>
        Prop.ForAll<ulong>(seed => History(seed).SequenceEqual(History(seed)))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Bad_weather_does_drop_double_and_reorder()
    {
        var history = History(7);
        history.Count.ShouldNotBe(50);
        history.SequenceEqual(history.Order()).ShouldBeFalse();
        history.Distinct().Count().ShouldBeLessThan(history.Count);
    }

    [Fact]
    public void Delay_alone_keeps_the_order()
    {
        var world = new World(3) { Faults = { Delay = Second } };
        var (a, b) = (world.Connect("a"), world.Connect("b"));
        for (var i = 0; i < 50; i++) _ = a.Send(Route.To(b.Box), Text($"{i}")).AsTask();
        world.Run(Second * 3);
        Drain(b).ShouldBe(Enumerable.Range(0, 50).Select(i => $"{i}"));
    }

    [Fact]
    public void A_frozen_node_takes_frames_for_26_seconds_and_is_returned_afterwards()
    {
        var world = new World(1);
        var (a, b) = (world.Connect("a"), world.Connect("b"));
        world.Broker.Freeze(b.Box);
        world.Run(Second * 25);
        Outcome(a.Send(Route.To(b.Box), Text("held")).AsTask()).ShouldBe(Sent.Accepted);
        b.Inbox.TryRead(out _).ShouldBeFalse();
        world.Run(Second * 2);
        Outcome(a.Send(Route.To(b.Box), Text("late")).AsTask()).ShouldBe(Sent.Returned);
        b.Down.IsCompleted.ShouldBeFalse("a frozen process learns nothing");

        world.Broker.Thaw(b.Box);

        Drain(b).ShouldBe(["held"]);
        b.Down.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void A_node_that_thaws_in_time_has_lost_nothing()
    {
        var world = new World(1);
        var (a, b) = (world.Connect("a"), world.Connect("b"));
        world.Broker.Freeze(b.Box);
        var mine = b.Send(Route.To(a.Box), Text("mine")).AsTask();
        _ = a.Send(Route.To(b.Box), Text("yours")).AsTask();
        world.Run(Second * 20);
        mine.IsCompleted.ShouldBeFalse();
        world.Broker.Thaw(b.Box);
        world.Run(Second * 20);
        Outcome(mine).ShouldBe(Sent.Accepted);
        Drain(a).ShouldBe(["mine"]);
        Drain(b).ShouldBe(["yours"]);
        b.Down.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void A_server_that_thaws_too_late_works_on_its_frames_and_its_ack_changes_nothing()
    {
        var world = new World(1);
        var (first, second) = (world.Connect("c1"), world.Connect("c2"));
        world.Serve(first);
        world.Broker.Freeze(first.Box);
        _ = world.Connect("worker").Send(Route.Coordinator, Text("commit")).AsTask();
        world.Serve(second, Ack.Return);
        world.Run(Second * 26.5);
        var elsewhere = world.Handled.Count;
        elsewhere.ShouldBeGreaterThan(0);

        world.Broker.Thaw(first.Box);
        world.Run(Second);

        world.Handled.Count.ShouldBe(elsewhere + 1);
        world.Broker.DeadLetters.Count.ShouldBe(1, "the second server alone was counted");
    }

    [Fact]
    public void A_frame_that_is_returned_for_ever_ends_as_a_dead_letter_after_20_deliveries()
    {
        var world = new World(1);
        world.Serve(world.Connect("coordinator"), Ack.Return);
        _ = world.Connect("worker").Send(Route.Coordinator, Text("poison")).AsTask();
        world.Run(Second);
        world.Handled.Count.ShouldBe(20);
        world.Broker.DeadLetters.Count.ShouldBe(1);
        world.Broker.QueueLength.ShouldBe(0);
    }

    [Fact]
    public void A_durable_frame_dies_with_its_time_to_live()
    {
        var world = new World(1);
        _ = world.Connect("worker").Send(Route.Coordinator, Text("old")).AsTask();
        world.Run(TimeSpan.FromMinutes(11));
        world.Serve(world.Connect("coordinator"));
        world.Run(Second);
        world.Handled.ShouldBeEmpty();
    }

    [Fact]
    public void A_full_mailbox_forgets_its_oldest_frames()
    {
        var world = new World(1, new BrokerLimits { BoxLength = 3 });
        var (a, b) = (world.Connect("a"), world.Connect("b"));
        for (var i = 0; i < 5; i++) _ = a.Send(Route.To(b.Box), Text($"{i}")).AsTask();
        Drain(b).ShouldBe(["2", "3", "4"]);
    }

    [Fact]
    public void While_the_broker_is_down_nobody_connects()
    {
        var world = new World(1);
        var link = world.Connect("a");
        world.Broker.Stop();
        Should.Throw<TransportUnavailable>(() => world.Connect("b"));
        link.Down.IsCompleted.ShouldBeTrue();
        world.Broker.Start();
        world.Connect("b").Box.ShouldNotBe(link.Box);
    }

    private static World Stormy(ulong seed) => new(seed)
    {
        Faults =
        {
            Drop = 0.2, DropAnswer = 0.1, Duplicate = 0.2, Reorder = 0.3, Delay = Second,
        },
    };

    private static List<string> History(ulong seed)
    {
        var world = Stormy(seed);
        var worker = world.Connect("worker");
        world.Serve(world.Connect("coordinator"));
        for (var i = 0; i < 50; i++) _ = worker.Send(Route.Coordinator, Text($"{i}")).AsTask();
        world.Run(Second * 5);
        return world.Handled;
    }

    private static List<string> Drain(ILink link)
    {
        var texts = new List<string>();
        while (link.Inbox.TryRead(out var frame))
            texts.Add(Encoding.UTF8.GetString(frame.Body.Span));
        return texts;
    }

    private static Sent Outcome(Task<Sent> sent) => sent.GetAwaiter().GetResult();
}
