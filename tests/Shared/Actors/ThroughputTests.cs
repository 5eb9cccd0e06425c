using Mneme.Actors;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Mneme.Tests.Shared.Actors;

/// <summary>Prints what the kernel does per second. It judges nothing: machines differ.</summary>
public sealed class ThroughputTests(ITestOutputHelper output)
{
    private sealed record Ping(Sink<int> Reply);

    [Fact]
    public async Task Sends_questions_and_idle_actors_are_measured()
    {
        await Measure("sends", 500_000, Sends);
        await Measure("asks", 50_000, Asks);
        MeasureIdle(10_000).ShouldBeGreaterThan(0);
    }

    private static async Task Sends(ActorSystem system, int count)
    {
        var done = new TaskCompletionSource();
        var seen = 0;
        var address = system.Spawn("sink", () => new Counter(() =>
        {
            if (++seen == count) done.SetResult();
        }));
        for (var i = 0; i < count; i++)
            while (!address.Offer(i)) await Task.Yield();
        await done.Task;
    }

    private static async Task Asks(ActorSystem system, int count)
    {
        var address = system.Spawn("answerer", () => new Answerer());
        const int parallel = 64;
        await Task.WhenAll(Enumerable.Range(0, parallel).Select(async _ =>
        {
            for (var i = 0; i < count / parallel; i++)
                await address.Ask<int>(reply => new Ping(reply), TimeSpan.FromMinutes(1));
        }));
    }

    private async Task Measure(string what, int count, Func<ActorSystem, int, Task> run)
    {
        await using var system = new ActorSystem("bench");
        var clock = TimeProvider.System;
        var begun = clock.GetTimestamp();
        await run(system, count);
        output.WriteLine($"{count / clock.GetElapsedTime(begun).TotalSeconds:N0} {what}/s");
    }

    private long MeasureIdle(int count)
    {
        var system = new ActorSystem("bench");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < count; i++) system.Spawn($"{i}", () => new Answerer());
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / count;
        output.WriteLine($"{each} bytes per idle actor");
        GC.KeepAlive(system);
        return each;
    }

    private sealed class Counter(Action count) : Actor<int>
    {
        protected override ValueTask Receive(int message)
        {
            count();
            return default;
        }
    }

    private sealed class Answerer : Actor<Ping>
    {
        protected override ValueTask Receive(Ping message)
        {
            message.Reply.Ok(1);
            return default;
        }
    }
}
