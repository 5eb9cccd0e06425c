using Mneme.Tests.Servers;
using Mneme.Transport;
using Mneme.Transport.RabbitMq;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Transport.RabbitMq;

/// <summary>What a stolen password of a worker or a lighthouse is good for.</summary>
public sealed class BrokerPermissionTests : IAsyncLifetime
{
    private const string Victim = "node.victim";

    private static readonly Dictionary<string, Func<IChannel, Task>> Deeds = new()
    {
        ["send to the coordinators"] = channel => Publish(channel, "to.coordinator", "in"),
        ["reach the queue by its name"] = channel => Publish(channel, "", "coordinator"),
        ["send to another's mailbox"] = channel => Publish(channel, "", Victim),
        ["show a false view"] = channel => Publish(channel, "view", ""),
        ["use another's name"] = channel => Publish(channel, "to.coordinator", "in", "coordinator"),
        ["read the queue"] = channel => Consume(channel, "coordinator"),
        ["read another's mailbox"] = channel => Consume(channel, Victim),
        ["empty the queue"] = channel => channel.QueuePurgeAsync("coordinator"),
        ["delete the queue"] = channel => channel.QueueDeleteAsync("coordinator"),
        ["have a mailbox"] = channel => channel.QueueDeclareAsync("node.thief"),
        ["declare a foreign name"] = channel => channel.QueueDeclareAsync("coordinator.mine"),
        ["divert what goes to the coordinators"] = channel => Bind(channel, "to.coordinator", "in"),
        ["listen to the view"] = channel => Bind(channel, "view", ""),
        ["listen to the broker"] = channel => Bind(channel, "amq.topic", "#"),
    };

    private BrokerSpace space = null!;
    private ILink coordinator = null!;
    private IConnection victim = null!;

    public async Task InitializeAsync()
    {
        space = await LocalServers.Broker();
        coordinator = await new RabbitMqTransport(new(space.Coordinator, BrokerRole.Coordinator))
            .Connect(new Caller("coordinator", "i"));
        victim = await As(space.Worker);
        await using var channel = await victim.CreateChannelAsync();
        await channel.QueueDeclareAsync(Victim, exclusive: true);
    }

    public async Task DisposeAsync()
    {
        await victim.DisposeAsync();
        await coordinator.DisposeAsync();
    }

    [Theory]
    [InlineData("send to the coordinators", 0)]
    [InlineData("have a mailbox", 0)]
    [InlineData("use another's name", Constants.PreconditionFailed)]
    [InlineData("read another's mailbox", Constants.ResourceLocked)]
    [InlineData("reach the queue by its name", Constants.AccessRefused)]
    [InlineData("send to another's mailbox", Constants.AccessRefused)]
    [InlineData("show a false view", Constants.AccessRefused)]
    [InlineData("read the queue", Constants.AccessRefused)]
    [InlineData("empty the queue", Constants.AccessRefused)]
    [InlineData("delete the queue", Constants.AccessRefused)]
    [InlineData("declare a foreign name", Constants.AccessRefused)]
    [InlineData("divert what goes to the coordinators", Constants.AccessRefused)]
    [InlineData("listen to the view", Constants.AccessRefused)]
    [InlineData("listen to the broker", Constants.AccessRefused)]
    public async Task A_worker_may_send_to_coordinators_and_no_more(string deed, int refusal) =>
        (await Try(deed, space.Worker)).ShouldBe(refusal);

    [Theory]
    [InlineData("listen to the view", 0)]
    [InlineData("have a mailbox", 0)]
    [InlineData("read another's mailbox", Constants.ResourceLocked)]
    [InlineData("send to the coordinators", Constants.AccessRefused)]
    [InlineData("reach the queue by its name", Constants.AccessRefused)]
    [InlineData("send to another's mailbox", Constants.AccessRefused)]
    [InlineData("show a false view", Constants.AccessRefused)]
    [InlineData("read the queue", Constants.AccessRefused)]
    [InlineData("delete the queue", Constants.AccessRefused)]
    [InlineData("divert what goes to the coordinators", Constants.AccessRefused)]
    public async Task A_lighthouse_may_see_the_view_and_no_more(string deed, int refusal) =>
        (await Try(deed, space.Lighthouse)).ShouldBe(refusal);

    /// <returns>The broker's code, zero for yes.</returns>
    private static async Task<int> Try(string deed, string url)
    {
        await using var connection = await As(url);
        await using var channel = await connection.CreateChannelAsync(new(true, true, null));
        try
        {
            await Deeds[deed](channel);
            return 0;
        }
        catch (OperationInterruptedException e)
        {
            return e.ShutdownReason!.ReplyCode;
        }
    }

    private static Task<IConnection> As(string url) =>
        new ConnectionFactory { Uri = new Uri(url) }.CreateConnectionAsync();

    private static Task Publish(
        IChannel channel, string exchange, string key, string? name = null) =>
        channel.BasicPublishAsync(
            exchange, key, mandatory: true, new BasicProperties { UserId = name },
            new byte[1]).AsTask();

    private static Task<string> Consume(IChannel channel, string queue) =>
        channel.BasicConsumeAsync(queue, autoAck: true, new AsyncDefaultBasicConsumer(channel));

    private static async Task Bind(IChannel channel, string exchange, string key)
    {
        await channel.QueueDeclareAsync("node.ear");
        await channel.QueueBindAsync("node.ear", exchange, key);
    }
}
