using System.Net;
using System.Net.Sockets;
using Mneme.Messages;
using Mneme.Tests.Coordinator.Api;
using Mneme.Tests.Coordinator.Cli;
using Mneme.Tests.Servers;
using Mneme.Tests.Shared.Results;
using Mneme.Transport;
using Mneme.Transport.RabbitMq;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Lighthouse;

/// <summary>The program itself, with a real broker.</summary>
public sealed class LighthouseProgramTests : IDisposable
{
    private const string Token = "lighthouse-0123456789abcdef012345";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_hears_the_view_from_the_broker_and_goes_when_it_is_told_to()
    {
        var space = await LocalServers.Broker();
        var url = $"http://127.0.0.1:{FreePort()}";
        using var program = Start("--broker", space.Lighthouse, "--listen", url,
            "--token", Token, "--state", "state", "--node", "house");
        await using var link = await new RabbitMqTransport(
            new RabbitMqOptions(space.Coordinator, BrokerRole.Coordinator))
            .Connect(new Caller("head", "i1"));
        using var client = new HttpClient { BaseAddress = new Uri(url) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token);

        (await program.Until(() =>
        {
            _ = link.Send(Route.View, MessageFrame.Of(
                new View(new SampleDesk().View()), new Sender(link.Box))).AsTask();
            return File.Exists(folder.At("state/view.json"));
        })).ShouldBeTrue();

        (await client.GetStringAsync("/v1/leader")).ShouldContain("\"epoch\":3");
        program.Send(RunningProgram.Terminate);
        var ended = await program.End();
        (ended.ExitCode, ended.Output).ShouldBe((0, $"lighthouse house: {url}/\n"), ended.Errors);
    }

    [Theory]
    [InlineData(2, "set broker")]
    [InlineData(2, "did you mean '--listen'?", "--lisen", "x")]
    [InlineData(2, "without TLS: use https", "--listen", "http://0.0.0.0:7070")]
    [InlineData(2, "unknown option '--database'", "--database", "Host=x")]
    [InlineData(1, "needs a user and a password", "--broker", "amqp://127.0.0.1")]
    public async Task What_is_wrong_with_its_settings_is_told_before_it_starts(
        int code, string said, params string[] arguments)
    {
        using var program = Start(arguments);

        var ended = await program.End();

        (ended.ExitCode, ended.Output).ShouldBe((code, ""), ended.Errors);
        ended.Errors.ShouldContain($"mneme-lighthouse: ");
        ended.Errors.ShouldContain(said);
    }

    private RunningProgram Start(params string[] arguments) =>
        RunningProgram.StartAs("mneme-lighthouse", folder.At(""), arguments);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
