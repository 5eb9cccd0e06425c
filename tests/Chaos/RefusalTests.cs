using System.Text;
using Mneme.Messages;
using Mneme.Specs;
using Mneme.Coordinator.Embedded;
using Mneme.Tests.Coordinator.Cli;
using Mneme.Tests.Servers;
using Mneme.Transport;
using Mneme.Transport.RabbitMq;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Chaos;

/// <summary>What must not join, or cannot be read, and a worker that trains meanwhile.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private readonly string folder = LocalCluster.NewFolder("mneme-refusals-");
    private LocalCluster cluster = null!;
    private ILink stranger = null!;

    public async Task InitializeAsync()
    {
        cluster = await LocalCluster.Start(folder, coordinators: 1);
        cluster.AddWorker("worker-0");
        stranger = await new RabbitMqTransport(new RabbitMqOptions(
            cluster.Servers.Address("MNEME_BROKER_WORKER"), BrokerRole.Worker))
            .Connect(new Caller("stranger", "i1"));
        await Patience.Until("the worker is known", async () =>
            (await cluster.Ledger.LiveNodes()).Contains("worker-0"));
    }

    public async Task DisposeAsync()
    {
        await stranger.DisposeAsync();
        await cluster.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Whoever_may_not_join_is_told_why_and_nobody_else_is_disturbed()
    {
        var before = await Sessions();
        var own = CatalogueIdentity.Of(Submissions.Schemas);

        (await Told(Hello(MessageCodec.Protocol + 1, own))).Reason.ShouldBe("proto");
        (await Told(Hello(MessageCodec.Protocol, "another"))).Text.ShouldContain("same build");
        (await Told(Hello(MessageCodec.Protocol, own))).Reason.ShouldBe("credential");
        await WithWrongToken();
        await Unreadable();

        foreach (var reason in (string[])["proto", "catalogue", "credential"])
            cluster.Log("coordinator-0").ShouldContain($"refused stranger: {reason}");
        (await Sessions()).ShouldBe(before);
        await StillTrains();
    }

    private async Task WithWrongToken()
    {
        using var worker = RunningProgram.StartAt(Programs.Worker, folder, "--node", "intruder",
            "--state", "intruder", "--blobs", "blobs", "--token", new string('x', 40),
            "--broker", cluster.Servers.Address("MNEME_BROKER_WORKER"));
        var ended = await worker.End();
        ended.ExitCode.ShouldBe(1, ended.Errors);
        ended.Errors.ShouldContain("refuses this worker (credential)");
    }

    // What is too large does not leave; garbage goes to the dead letters.
    private async Task Unreadable()
    {
        (await stranger.Send(Route.Coordinator, new Frame(new byte[Frame.LimitBytes + 1])))
            .ShouldBe(Sent.Refused);
        foreach (var text in (string[])["", "garbage", "{\"v\":1,\"kind\":7}", "[[[["])
            (await stranger.Send(Route.Coordinator, new Frame(Encoding.UTF8.GetBytes(text))))
                .ShouldBe(Sent.Accepted);
        await Patience.Until("the dead letters hold all four", async () =>
            (await cluster.Servers.Control(
                "-q", "-p", "mneme", "list_queues", "name", "messages"))
                .Contains("coordinator.dead\t4", StringComparison.Ordinal));
    }

    private async Task StillTrains()
    {
        await File.WriteAllTextAsync(
            cluster.At("after.yaml"), "name: after\nmodel: no-op\nsteps: 10\nseeds: 3\n");
        var ended = await cluster.Ask("experiment", "submit", "after.yaml", "--wait");
        ended.ExitCode.ShouldBe(0, ended.Errors);
    }

    private async Task<Refuse> Told(Hello hello)
    {
        await stranger.Send(
            Route.Coordinator, MessageFrame.Of(hello, new Sender(stranger.Box)));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var answer = MessageFrame.Open(await stranger.Inbox.ReadAsync(limit.Token));
        return answer!.Message.ShouldBeOfType<Refuse>();
    }

    private Hello Hello(int protocol, string catalogue) => new(
        protocol, "stranger", "i1", stranger.Box, 1, "cpu", "class", catalogue, "no token", []);

    private async Task<string> Sessions() => string.Join(' ', await cluster.Ledger.Rows(
        "SELECT session, state FROM session", row => $"{row.GetString(0)} {row.GetString(1)}"));
}
