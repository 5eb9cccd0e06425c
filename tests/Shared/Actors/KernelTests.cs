using System.Reflection;
using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using Mneme.Actors;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Actors;

/// <summary>Rules A14 and A15, interleavings, and the kernel on real threads.</summary>
public sealed class KernelTests
{
    [Fact]
    public void The_kernel_has_no_static_state_that_could_change()
    {
        const BindingFlags statics =
            BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        var mutable = typeof(ActorSystem).Assembly.GetTypes()
            .Where(type => type.Namespace == "Mneme.Actors")
            .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute), false))
            .SelectMany(type => type.GetFields(statics))
            .Where(field => !field.IsInitOnly && !field.IsLiteral)
            .Select(field => $"{field.DeclaringType}.{field.Name}");
        mutable.ShouldBeEmpty();
    }

    [Fact]
    public void Two_systems_in_one_process_do_not_disturb_each_other()
    {
        using var left = new TestSystem();
        using var right = new TestSystem();
        var probe = new Probe<int>();
        left.Spawn("same", () => new Probe<int>());
        right.Spawn("same", () => probe).Offer(1);
        left.Settle();
        probe.Received.ShouldBeEmpty();
        right.Settle();
        probe.Received.ShouldBe([1]);
    }

    private sealed class Writer(List<int[]> journal) : Actor<int>
    {
        private readonly List<int> events = [];

        protected override ValueTask Receive(int message)
        {
            events.Add(message);
            return default;
        }

        protected override ValueTask Settle()
        {
            journal.Add([.. events]);
            events.Clear();
            return default;
        }
    }

    [Fact]
    public void Events_of_a_burst_are_written_as_one_list()
    {
        using var test = new TestSystem();
        var journal = new List<int[]>();
        var address = test.Spawn("writer", () => new Writer(journal));
        for (var i = 0; i < 100; i++) address.Offer(i);
        test.Settle();
        journal.Select(write => write.Length).ShouldBe([64, 36]);
        journal.SelectMany(write => write).ShouldBe(Enumerable.Range(0, 100));
    }

    [Fact]
    public void The_same_seed_gives_the_same_interleaving_and_some_seed_another()
    {
        Prop.ForAll<ulong>(seed => Interleave(seed).SequenceEqual(Interleave(seed)))
            .QuickCheckThrowOnFailure();
        Enumerable.Range(0, 20).Select(seed => string.Join(',', Interleave((ulong)seed)))
            .Distinct().Count().ShouldBeGreaterThan(5);
    }

    [Fact]
    public void Senders_keep_their_order_whatever_the_interleaving()
    {
        Prop.ForAll<ulong>(seed => Interleave(seed).GroupBy(m => m / 100)
                .All(sender => sender.SequenceEqual(sender.Order())))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task On_real_threads_no_message_is_lost_and_none_runs_beside_another()
    {
        const int senders = 4, each = 20_000;
        await using var system = new ActorSystem("real");
        var done = new TaskCompletionSource();
        var (count, inside, overlaps) = (0, 0, 0);
        var address = system.Spawn("sum", () => new Probe<int>
        {
            Received = new List<int>(senders * each),
            OnMessage = async (_, n) =>
            {
                if (Interlocked.Increment(ref inside) != 1) overlaps++;
                if (n % 1000 == 0) await Task.Yield();
                Interlocked.Decrement(ref inside);
                if (++count == senders * each) done.SetResult();
            },
        });
        await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
                while (!address.Offer(i)) await Task.Yield();
        })));
        await done.Task.WaitAsync(TimeSpan.FromSeconds(30));
        overlaps.ShouldBe(0);
    }

    [Fact]
    public async Task On_real_threads_a_tree_stops_whole()
    {
        var system = new ActorSystem("real");
        for (var i = 0; i < 50; i++)
        {
            system.Spawn($"parent{i}", () => new Probe<int>
            {
                OnStart = here =>
                {
                    for (var c = 0; c < 20; c++) here.Spawn($"child{c}", () => new Probe<int>());
                    return default;
                },
            });
        }
        var outcomes = await system.Terminate(TimeSpan.FromSeconds(20));
        outcomes.ShouldHaveSingleItem().End.ShouldBe(PhaseEnd.Done);
        system.Actors.ShouldBeEmpty();
    }

    private static List<int> Interleave(ulong seed)
    {
        using var test = new TestSystem(seed);
        var received = new List<int>();
        var target = test.Spawn("target", () => new Probe<int> { Received = received });
        for (var sender = 1; sender <= 4; sender++)
        {
            var first = sender * 100;
            test.Spawn($"sender{sender}", () => new Probe<int>
            {
                OnStart = async _ =>
                {
                    for (var i = 0; i < 10; i++)
                    {
                        target.Offer(first + i);
                        await Task.Yield();
                    }
                },
            });
        }
        test.Settle();
        return received;
    }
}
