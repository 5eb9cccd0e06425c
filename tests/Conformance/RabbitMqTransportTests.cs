using Mneme.Transport;
using Mneme.Transport.RabbitMq;
using Xunit;

namespace Mneme.Tests.Conformance;

public sealed class RabbitMqTransportTests(OwnBroker broker)
    : TransportConformance, IClassFixture<OwnBroker>
{
    private readonly BrokerLimits limits = new() { QueueLength = 100 };
    private WiredTransport transport = null!;

    protected override ITransport Transport => transport;
    protected override int QueueLength => limits.QueueLength;

    // A coordinator prepares the broker before anyone else finds it.
    public override async Task InitializeAsync()
    {
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
}
