using Mneme.Tests.Servers;
using RabbitMQ.Client;
using Xunit;

namespace Mneme.Tests.Conformance;

/// <summary>A broker for one class of tests, which may restart it as it likes.</summary>
public sealed class OwnBroker : IAsyncLifetime
{
    internal LocalServers Servers { get; } = new();

    /// <summary>The virtual host in which the broker tells its news.</summary>
    internal BrokerSpace Space => new(Servers, "mneme");

    public Task InitializeAsync() => Servers.Start("broker");

    public async Task DisposeAsync() => await Servers.DisposeAsync();

    /// <summary>RabbitMQ 3.10 writes a new quorum queue down some seconds after it has said that
    /// it is there; a kill before that loses the queue for ever.</summary>
    public Task Settle() => Servers.Control("eval", "[dets:sync(T) || T <- dets:all()].");

    /// <summary>As new for the next test.</summary>
    public async Task Clear()
    {
        var factory = new ConnectionFactory { Uri = new Uri(Space.Coordinator) };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var queue in new[] { "coordinator", "coordinator.dead" })
            await channel.QueuePurgeAsync(queue);
    }
}
