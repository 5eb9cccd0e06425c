using System.Threading.Channels;
using Mneme.Actors;
using Mneme.Coordinator.Dispatch;
using Mneme.Journal;
using Mneme.Journal.Sqlite;
using Mneme.Messages;
using Mneme.Tests.Shared.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Dispatch;

public sealed class DispatchActorTests
{
    [Fact]
    public async Task A_worker_that_comes_while_the_cluster_drains_is_told_so()
    {
        using var folder = new TemporaryFolder();
        await using var journal = new SqliteJournal(folder.At("journal.db"), TimeProvider.System);
        var epoch = (long)(await journal.TakeLead(
            new Candidate("node", "incarnation", Url: ""), TimeSpan.Zero))!;
        var said = Channel.CreateUnbounded<Message>();
        var system = new ActorSystem("test");
        var dispatch = system.Spawn<DispatchMessage>("dispatch", () => new DispatchActor(
            journal, epoch, "coordinator", (_, message) => said.Writer.WriteAsync(message)));

        dispatch.Offer(new DispatchMessage.Drain());
        dispatch.Offer(new DispatchMessage.Arrived(
            new Hello(
                MessageCodec.Protocol, "node", "life", "box", 1, "cpu", "numerics", "", null, []),
            "box", null));
        dispatch.Offer(new DispatchMessage.Arrived(new Beat(1, 1, TimeSpan.Zero, []), "box", null));

        (await said.Reader.ReadAsync()).ShouldBeOfType<Welcome>();
        (await said.Reader.ReadAsync()).ShouldBe(new BeatAck(1));
        (await said.Reader.ReadAsync()).ShouldBe(new Control("drain"));
        await system.Terminate(TimeSpan.FromSeconds(30));
    }
}
