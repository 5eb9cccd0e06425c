using System.Text;
using Mneme.Tests.Servers;
using Mneme.Transport;
using Mneme.Transport.RabbitMq;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Transport.RabbitMq;

/// <summary>Where a frame goes that nobody can handle: an operator finds it.</summary>
public sealed class DeadLetterTests
{
    private const int Deliveries = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(Ack.Poison, 1)]
    [InlineData(Ack.Return, Deliveries + 1)] // RabbitMQ's limit is that of returns
    public async Task It_is_dealt_so_often_and_then_lies_among_the_dead(Ack ack, int times)
    {
        var space = await LocalServers.Broker();
        await using var link = await Connect(space);
        var dealt = 0;
        await using var service = link.Serve(
            _ =>
            {
                Interlocked.Increment(ref dealt);
                return ValueTask.FromResult(ack);
            }, window: 1);
        await link.Send(Route.Coordinator, new Frame(Encoding.UTF8.GetBytes("broken")));

        (await Dead(space)).ShouldBe("broken");
        dealt.ShouldBe(times);
    }

    private static Task<ILink> Connect(BrokerSpace space) => new RabbitMqTransport(
        new(space.Coordinator, BrokerRole.Coordinator)
        {
            Limits = new BrokerLimits { Deliveries = Deliveries },
        }).Connect(new Caller("coordinator", "i"));

    private static async Task<string> Dead(BrokerSpace space)
    {
        var factory = new ConnectionFactory { Uri = new Uri(space.Coordinator) };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        using var patience = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            if (await channel.BasicGetAsync("coordinator.dead", autoAck: true) is { } found)
                return Encoding.UTF8.GetString(found.Body.Span);
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }
}
