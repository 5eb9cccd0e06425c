using Mneme.Transport;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Conformance;

/// <summary>The durable queue.</summary>
public abstract partial class TransportConformance
{
    [Fact]
    public async Task T1_an_accepted_frame_waits_for_a_server_that_comes_later()
    {
        var worker = await Connect("worker");
        (await worker.Send(Route.Coordinator, Text("hello"))).ShouldBe(Sent.Accepted);
        await worker.DisposeAsync();
        var served = await Serve();
        (await served.Next()).ShouldBe("hello");
    }

    [Fact]
    public async Task T1_an_accepted_frame_survives_a_restart_of_the_broker()
    {
        var worker = await Connect("worker");
        (await worker.Send(Route.Coordinator, Text("hello"))).ShouldBe(Sent.Accepted);
        await RestartBroker();
        (await worker.Down.WaitAsync(Patience)).End.ShouldBe(LinkEnd.Lost);
        var served = await Serve();
        (await served.Next()).ShouldBe("hello");
    }

    [Fact]
    public async Task T5_unacknowledged_frames_return_when_the_servers_link_ends()
    {
        var worker = await Connect("worker");
        var stuck = await Serve(_ => new ValueTask<Ack>(new TaskCompletionSource<Ack>().Task));
        for (var i = 0; i < 3; i++) await worker.Send(Route.Coordinator, Text($"{i}"));
        for (var i = 0; i < 3; i++) await stuck.Next();

        await Kill(stuck.Link);

        var next = await Serve();
        for (var i = 0; i < 3; i++) (await next.Next()).ShouldBe($"{i}");
        next.Redelivered.ShouldBe(3);
    }

    [Fact]
    public async Task T5_a_service_that_ends_gives_its_frames_to_the_next_and_keeps_its_link()
    {
        var worker = await Connect("worker");
        var first = await Serve(_ => new ValueTask<Ack>(new TaskCompletionSource<Ack>().Task));
        await worker.Send(Route.Coordinator, Text("hello"));
        await first.Next();
        await first.Service.DisposeAsync();
        var second = await Serve();
        (await second.Next()).ShouldBe("hello");
        first.Link.Down.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task T5_a_handler_that_returns_or_throws_sees_the_frame_again()
    {
        var worker = await Connect("worker");
        var times = 0;
        var served = await Serve(_ => Interlocked.Increment(ref times) switch
        {
            1 => throw new FormatException(),
            2 => ValueTask.FromResult(Ack.Return),
            _ => ValueTask.FromResult(Ack.Done),
        });
        await worker.Send(Route.Coordinator, Text("hello"));
        for (var i = 0; i < 3; i++) (await served.Next()).ShouldBe("hello");
        served.Redelivered.ShouldBe(2);
    }

    [Fact]
    public async Task T6_one_server_at_a_time_receives()
    {
        var worker = await Connect("worker");
        var (first, second) = (await Serve(), await Serve());
        for (var i = 0; i < 20; i++) await worker.Send(Route.Coordinator, Text($"{i}"));
        for (var i = 0; i < 20; i++) await first.Next();
        second.Count.ShouldBe(0);

        await Kill(first.Link);

        await worker.Send(Route.Coordinator, Text("next"));
        while (await second.Next() != "next") { } // before it, what was not acknowledged in time
    }

    [Fact]
    public async Task A_window_bounds_the_deliveries_that_are_open_at_once()
    {
        var worker = await Connect("worker");
        var gate = new TaskCompletionSource<Ack>();
        var served = await Serve(_ => new ValueTask<Ack>(gate.Task), window: 4);
        for (var i = 0; i < 10; i++) await worker.Send(Route.Coordinator, Text($"{i}"));
        for (var i = 0; i < 4; i++) await served.Next();
        served.Count.ShouldBe(0);
        gate.SetResult(Ack.Done);
        for (var i = 4; i < 10; i++) (await served.Next()).ShouldBe($"{i}");
    }

    [Fact]
    public async Task T9_a_full_queue_refuses_and_keeps_what_it_accepted()
    {
        var worker = await Connect("worker");
        var sent = new List<Sent>();
        for (var i = 0; i < QueueLength + 5; i++)
            sent.Add(await worker.Send(Route.Coordinator, Text($"{i}")));
        sent.Take(QueueLength).ShouldAllBe(s => s == Sent.Accepted);
        sent[^1].ShouldBe(Sent.Refused);
        var served = await Serve();
        for (var i = 0; i < QueueLength; i++) (await served.Next()).ShouldBe($"{i}");
    }

    [Fact]
    public async Task A_frame_that_can_never_be_handled_does_not_come_again()
    {
        var worker = await Connect("worker");
        var served = await Serve(_ => ValueTask.FromResult(Ack.Poison), window: 1);
        await worker.Send(Route.Coordinator, Text("poison"));
        await worker.Send(Route.Coordinator, Text("next"));
        (await served.Next()).ShouldBe("poison");
        (await served.Next()).ShouldBe("next");
        served.Redelivered.ShouldBe(0);
    }

    [Fact]
    public async Task A_service_whose_link_has_ended_can_be_ended_and_a_new_one_stays_silent()
    {
        var served = await Serve();
        await Kill(served.Link);
        await served.Link.Down.WaitAsync(Patience);
        await served.Service.DisposeAsync();
        await served.Service.DisposeAsync();

        var late = served.Link.Serve(_ => ValueTask.FromResult(Ack.Done), window: 1);
        await late.DisposeAsync();
    }
}
