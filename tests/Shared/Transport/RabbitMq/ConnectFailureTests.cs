using System.Net;
using System.Net.Sockets;
using Mneme.Tests.Servers;
using Mneme.Transport;
using Mneme.Transport.RabbitMq;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Transport.RabbitMq;

/// <summary>What a user reads when there is no way to the broker.</summary>
public sealed class ConnectFailureTests
{
    [Fact]
    public async Task A_wrong_password_is_said_and_not_shown()
    {
        var space = await LocalServers.Broker();
        var address = new UriBuilder(space.Worker) { Password = "hunter2" };
        var text = await Failure(address.Uri.ToString());
        text.ShouldBe($"the broker at 127.0.0.1:{address.Port} refuses the user worker: " +
            "check the name and the password in the address");
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_said_with_its_place()
    {
        using var silent = new Socket(SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // taken, but nobody listens
        var port = ((IPEndPoint)silent.LocalEndPoint!).Port;
        var text = await Failure($"amqp://worker:hunter2@127.0.0.1:{port}/mneme");
        text.ShouldStartWith($"no broker answers at 127.0.0.1:{port} (");
        text.ShouldEndWith("is it running, and is the address right?");
        text.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task A_virtual_host_that_is_not_there_or_closed_is_named()
    {
        var space = await LocalServers.Broker();
        var address = new UriBuilder(space.Worker) { Path = "nowhere" };
        (await Failure(address.Uri.ToString())).ShouldEndWith("does not let worker into the " +
            "virtual host nowhere: make it, and give worker its permissions there");
    }

    [Fact]
    public async Task A_user_without_the_permissions_of_its_role_is_told_which_are_missing()
    {
        var space = await LocalServers.Broker();
        var text = await Failure(space.Worker, BrokerRole.Coordinator);
        text.ShouldContain("refuses worker what its role needs");
        text.ShouldContain("exchange 'to.coordinator'");
    }

    [Fact]
    public async Task A_worker_that_comes_before_any_coordinator_is_told_to_wait_for_one()
    {
        var space = await LocalServers.Broker();
        (await Failure(space.Worker)).ShouldContain("has not been prepared by a coordinator yet");
        await using var coordinator =
            await Transport(space.Coordinator, BrokerRole.Coordinator).Connect(Caller);
        await using var worker = await Transport(space.Worker).Connect(Caller);
    }

    [Fact]
    public async Task A_queue_with_other_limits_is_said_to_be_in_the_way()
    {
        var space = await LocalServers.Broker();
        await using var first =
            await Transport(space.Coordinator, BrokerRole.Coordinator).Connect(Caller);
        var other = new RabbitMqTransport(new(space.Coordinator, BrokerRole.Coordinator)
        {
            Limits = new BrokerLimits { QueueLength = 7 },
        });
        (await Should.ThrowAsync<TransportUnavailable>(() => other.Connect(Caller)))
            .Message.ShouldContain("with other properties");
    }

    [Theory]
    [InlineData("rabbit.example", "must be amqp[s]://")]
    [InlineData("http://u:p@rabbit.example/", "must be amqp[s]://")]
    [InlineData("amqps://rabbit.example/mneme", "needs a user and a password")]
    [InlineData("amqps://worker@rabbit.example/mneme", "needs a user and a password")]
    [InlineData("amqp://u:hunter2@rabbit.example/mneme", "is another machine: use amqps://")]
    [InlineData("amqps://guest:guest@rabbit.example/mneme", "not guest")]
    public void An_address_that_must_not_be_used_is_refused_before_anything_is_sent(
        string url, string why)
    {
        var text = Should.Throw<BrokerAddressUnusable>(() => Transport(url)).Message;
        text.ShouldContain(why);
        text.ShouldNotContain("hunter2");
    }

    [Fact]
    public void Options_do_not_show_the_password() =>
        $"{new RabbitMqOptions("amqps://worker:hunter2@rabbit.example/mneme", BrokerRole.Worker)}"
            .ShouldBe("Worker at rabbit.example");

    private static Caller Caller => new("node", $"{Guid.NewGuid():N}");

    private static async Task<string> Failure(string url, BrokerRole role = BrokerRole.Worker) =>
        (await Should.ThrowAsync<TransportUnavailable>(() => Transport(url, role).Connect(Caller)))
            .Message;

    private static RabbitMqTransport Transport(
        string url, BrokerRole role = BrokerRole.Worker) => new(new RabbitMqOptions(url, role));
}
