using Mneme.Actors;
using Mneme.Coordinator.Dispatch;
using Mneme.Journal;
using Mneme.Journal.Sqlite;
using Mneme.Messages;
using Mneme.Tests.Shared.Results;
using Mneme.Transport;
using Mneme.Transport.InProcess;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Dispatch;

public sealed class DispatchActorTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly ActorSystem system = new("test");
    private readonly InProcessBroker broker = new(TimeProvider.System);
    private SqliteJournal journal = null!;
    private Address<DispatchMessage> dispatch;
    private ILink worker = null!;
    private string? secret;

    public async Task InitializeAsync()
    {
        journal = new SqliteJournal(folder.At("journal.db"), TimeProvider.System);
        var epoch = (long)(await journal.TakeLead(
            new Candidate("node", "incarnation", Url: ""), TimeSpan.Zero))!;
        dispatch = system.Spawn<DispatchMessage>("dispatch", () => new DispatchActor(
            new DispatchSurroundings(
                journal, epoch, hello => hello.Node == "foreign" ? new("build", "other") : null,
                () => Guid.NewGuid().ToString("N"), BlobUrl: null, Deposed: () => { })));
        worker = await broker.Connect(new Caller("node", "life"));
        var link = new CoordinatorLink(await broker.Connect(new Caller("c", "life")), epoch);
        dispatch.Offer(new DispatchMessage.Linked(link));
    }

    public async Task DisposeAsync()
    {
        await system.Terminate(TimeSpan.FromSeconds(30));
        await journal.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_worker_that_comes_while_the_cluster_drains_is_told_so()
    {
        dispatch.Offer(new DispatchMessage.Drain(Node: null));
        await Join();

        Say(new Beat(1, 1, TimeSpan.Zero, []));

        (await Heard()).ShouldBe(new BeatAck(1));
        (await Heard()).ShouldBe(new Control("drain"));
    }

    [Fact]
    public async Task A_frame_without_the_sessions_secret_is_answered_with_stale()
    {
        await Join();
        secret = "guessed";

        Say(new Beat(1, 1, TimeSpan.Zero, []));

        (await Heard()).ShouldBeOfType<Refuse>().Reason.ShouldBe(Refuse.Stale);
    }

    [Fact]
    public async Task A_hello_that_is_said_twice_opens_one_session()
    {
        await Join();
        var first = secret;
        await Join();

        secret.ShouldBe(first);
        (await journal.LiveSessions()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_worker_that_may_not_join_is_told_why_and_has_no_session()
    {
        Say(Hello("foreign"));

        (await Heard()).ShouldBe(new Refuse("build", "other"));
        (await journal.LiveSessions()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_node_that_was_taken_down_loses_its_session_and_may_not_come_back()
    {
        await Join();
        dispatch.Offer(new DispatchMessage.Down("node"));
        (await Heard()).ShouldBeOfType<Refuse>().Reason.ShouldBe("node_down");

        Say(Hello("node"));

        (await Heard()).ShouldBeOfType<Refuse>().Reason.ShouldBe("node_down");
        (await journal.LiveSessions()).ShouldBeEmpty();
    }

    private async Task Join()
    {
        Say(Hello("node"));
        Message heard;
        do heard = await Heard(); while (heard is Announce);
        secret = heard.ShouldBeOfType<Welcome>().Session;
    }

    private Hello Hello(string node) => new(
        MessageCodec.Protocol, node, "life", worker.Box, 1, "cpu", "numerics", "", null, []);

    private void Say(Message message) => dispatch.Offer(new DispatchMessage.Arrived(
        new Letter(message, new Sender(worker.Box, secret)), null));

    private async Task<Message> Heard() =>
        MessageFrame.Open(await worker.Inbox.ReadAsync().AsTask()
            .WaitAsync(TimeSpan.FromSeconds(20)))!.Message;
}
