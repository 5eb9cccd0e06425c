using Mneme.Transport;
using Mneme.Transport.InProcess;

namespace Mneme.Tests.Conformance;

public sealed class InProcessTransportTests : TransportConformance
{
    private readonly InProcessBroker broker = new(
        TimeProvider.System, limits: new BrokerLimits { QueueLength = 100 });

    protected override ITransport Transport => broker;
    protected override int QueueLength => broker.Limits.QueueLength;

    protected override Task Kill(ILink link)
    {
        broker.Cut(link.Box);
        return Task.CompletedTask;
    }

    protected override Task RestartBroker()
    {
        broker.Stop();
        broker.Start();
        return Task.CompletedTask;
    }
}
