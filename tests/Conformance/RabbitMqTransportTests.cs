using Mneme.Tests.Servers;
using Mneme.Transport;
using Mneme.Transport.RabbitMq;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Conformance;

public sealed partial class RabbitMqTransportTests(OwnBroker broker)
    : TransportConformance, IClassFixture<OwnBroker>
{
    private readonly BrokerLimits limits = new() { QueueLength = 100 };
    private WiredTransport transport = null!;

    protected override ITransport Transport => transport;
    protected override int QueueLength => limits.QueueLength;

    // It runs, whatever became of it in another test; a coordinator prepares it before anyone else
    // finds it.
    public override async Task InitializeAsync()
    {
        await broker.Servers.Start("broker");
        transport = new WiredTransport(broker.Space, limits);
        await (await Connect("coordinator")).DisposeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await broker.Clear();
    }

    protected override Task Kill(ILink link) => transport.Cut(link);

    protected override async Task RestartBroker()
    {
        await broker.Settle();
        await broker.Servers.Kill("broker");
        await broker.Servers.Start("broker");
    }

    protected override Task Begun(IAsyncDisposable service) => ((Server)service).Begun;

    [Fact]
    public async Task A_worker_reaches_the_mailbox_of_a_coordinator_and_no_other()
    {
        var (leader, worker) = (await Connect("leader"), await Connect("worker"));
        var frame = new Frame("beat"u8.ToArray());
        (await worker.Send(Route.To(leader.Box), frame)).ShouldBe(Sent.Accepted);
        (await leader.Inbox.ReadAsync()).Body.ToArray().ShouldBe(frame.Body.ToArray());
        (await worker.Send(Route.To(worker.Box), frame)).ShouldBe(Sent.Returned);
        (await leader.Send(Route.To(worker.Box), frame)).ShouldBe(Sent.Accepted);
    }

    [Fact]
    public async Task A_wire_that_carries_nothing_is_noticed_by_the_missing_heartbeats()
    {
        using var cable = Cable.To(broker.Space.Coordinator, out var url);
        await using var link = await Connect(
            Coordinator(url) with { Heartbeat = TimeSpan.FromSeconds(1) });

        cable.Hold();

        (await link.Send(Route.Coordinator, new Frame(new byte[1]))).ShouldBe(Sent.Unknown);
        (await link.Down.WaitAsync(Patience)).End.ShouldBe(LinkEnd.Lost);
    }

    [Fact]
    public async Task A_broker_that_takes_no_frames_for_long_is_as_good_as_lost()
    {
        await using var link = await Connect(
            Coordinator(broker.Space.Coordinator) with { BlockedWait = TimeSpan.FromSeconds(1) });
        await broker.Servers.Control("set_vm_memory_high_watermark", "0.00001");
        try
        {
            (await link.Send(Route.Coordinator, new Frame(new byte[1]))).ShouldBe(Sent.Unknown);
            (await link.Down.WaitAsync(Patience)).Text.ShouldContain("takes no frames");
        }
        finally
        {
            await broker.Servers.Control("set_vm_memory_high_watermark", "0.4");
        }
    }

    private RabbitMqOptions Coordinator(string url) =>
        new(url, BrokerRole.Coordinator) { Limits = limits };

    private static Task<ILink> Connect(RabbitMqOptions options) =>
        new RabbitMqTransport(options).Connect(new Caller("lead", "i"));
}
