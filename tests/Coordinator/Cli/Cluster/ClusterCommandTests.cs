using System.Text.Json;
using Mneme.Coordinator.Api;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Tests.Coordinator.Api;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Cli.Cluster;

[Collection(TheProgram.Name)]
public sealed class ClusterCommandTests : IAsyncLifetime
{
    private const int Failed = 1;
    private ClusterPlace cluster = null!;

    public async Task InitializeAsync() => cluster = await ClusterPlace.Start();

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Theory]
    [InlineData("cluster show", "leader head, epoch 3, http://127.0.0.1:7070")]
    [InlineData("cluster show", "gpu-1")]
    [InlineData("cluster show", "small  no-op  active  25 %     1/4")]
    [InlineData("cluster members", "live      4     1  cuda:0      2.0 s       0.0 s  small#3")]
    [InlineData("cluster leader", "head, epoch 3, http://127.0.0.1:7070")]
    [InlineData("experiment list", "loss 0.5")]
    [InlineData("experiment status small", "small: active, 25 %, trials 1/4 done, 2 running")]
    [InlineData("experiment describe small", "quarantine    segment 2: oom: no memory")]
    [InlineData("journal verify small", "small: no fault")]
    [InlineData("cluster lease explain small 1000", "it was never granted")]
    [InlineData("cluster join gpu-2", "node: gpu-2\ntoken: mneme_")]
    [InlineData("journal tail small --after 41", "42 segment-ready {\"segment\":1000}\n")]
    public async Task What_is_asked_is_told_in_words(string command, string said) =>
        (await cluster.Run(command.Split(' '))).ShouldBeFine().Output.ShouldContain(said);

    [Theory]
    [InlineData("cluster show")]
    [InlineData("cluster members")]
    [InlineData("cluster leader")]
    [InlineData("cluster token list")]
    [InlineData("experiment list")]
    [InlineData("experiment describe small")]
    [InlineData("journal verify small")]
    public async Task What_is_asked_is_told_as_JSON_for_programs(string command)
    {
        var ended = await cluster.Run([.. command.Split(' '), "-o", "json"]);

        using var json = JsonDocument.Parse(ended.ShouldBeFine().Output);
        json.RootElement.ValueKind.ShouldBeOneOf(JsonValueKind.Array, JsonValueKind.Object);
    }

    [Theory]
    [InlineData("experiment pause small", "pause", "small")]
    [InlineData("experiment resume small", "resume", "small")]
    [InlineData("experiment stop small", "stop", "small")]
    [InlineData("experiment cancel small", "cancel", "small")]
    [InlineData("experiment retry small", "retry", "small")]
    [InlineData("cluster drain gpu-1", "drain", "gpu-1")]
    [InlineData("cluster leave gpu-1", "drain", "gpu-1")]
    [InlineData("cluster undrain gpu-1", "undrain", "gpu-1")]
    [InlineData("cluster down gpu-1", "down", "gpu-1")]
    [InlineData("cluster failover", "failover", "")]
    public async Task An_order_reaches_the_desk_with_its_reason(
        string command, string verb, string target)
    {
        var ended = await cluster.Run([.. command.Split(' '), "--why", "disk & fan?"]);

        ended.ShouldBeFine().Output.ShouldBe("done as told\n");
        cluster.Api.Desk.Orders.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            asking => (asking.Verb, asking.Target).ShouldBe((verb, target)),
            asking => asking.Order.Why.ShouldBe("disk & fan?"),
            asking => asking.Order.By.ShouldBe("root"));
    }

    [Fact]
    public async Task A_token_is_made_for_a_script_listed_and_revoked()
    {
        var made = await cluster.Run("cluster", "token", "create", "ada", "--role", "viewer");
        var token = made.ShouldBeFine().Output.Trim();

        (await cluster.RunAs(token, "cluster", "leader")).ShouldBeFine();
        (await cluster.RunAs(token, "cluster", "failover")).ShouldBeRefused(
            Failed, "the token of ada may not do this: it needs operator");
        var list = (await cluster.Run("cluster", "token", "list")).ShouldBeFine().Output;
        list.ShouldContain(" ada ");
        list.ShouldNotContain(token);
        (await cluster.Run("cluster", "token", "revoke", "ada")).ShouldBeFine();
        (await cluster.RunAs(token, "cluster", "leader")).ShouldBeRefused(
            Failed, "unknown, expired or revoked", "--token");
    }

    [Fact]
    public async Task What_cannot_be_is_told_in_one_line()
    {
        (await cluster.Run("experiment", "status", "none")).ShouldBeRefused(
            Failed, "there is no experiment 'none'");
        (await cluster.RunAs("wrong", "cluster", "show")).ShouldBeRefused(
            Failed, "the token is unknown", "MNEME_TOKEN");
        (await cluster.Place.Run("cluster", "show", "--server", $"{cluster.Api.Server.Url}"))
            .ShouldBeRefused(Failed, "a token is needed", "--token-file");
        (await cluster.Place.Run("cluster", "show", "--server", "http://127.0.0.1:1"))
            .ShouldBeRefused(Failed, "http://127.0.0.1:1/: no server answers there",
                "./mneme serve", "MNEME_SERVER");
        (await cluster.Place.Run("cluster", "show", "--server", "localhost:7070"))
            .ShouldBeRefused(2, "the server is 'localhost:7070'");
        (await cluster.Place.Run("cluster", "show", "--server", "http://mneme.example", "--token",
            RunningApi.RootToken)).ShouldBeRefused(2, "in the clear", "--insecure");
        cluster.Api.Desk.Answer = new OrderAnswer(OrderOutcome.Refused, "it is done already");
        (await cluster.Run("experiment", "cancel", "small")).ShouldBeRefused(
            Failed, "it is done already");
    }

    [Fact]
    public async Task A_token_is_found_where_serve_leaves_it()
    {
        Directory.CreateDirectory(cluster.Place.At("results/.cluster"));
        cluster.Place.Write("results/.cluster/operator-token", RunningApi.RootToken + "\n");

        (await cluster.Place.Run("cluster", "leader", "--server", $"{cluster.Api.Server.Url}"))
            .ShouldBeFine();
    }

    [Fact]
    public async Task The_way_goes_on_from_a_standby_to_the_leader()
    {
        await using var standby = await RunningApi.Start();
        standby.Desk.Leads = false;
        standby.Desk.Leader = new LeaderView("head", "i1", 3, $"{cluster.Api.Server.Url}");

        var ended = await cluster.Place.Run("experiment", "pause", "small", "--why", "a b",
            "--server", $"{standby.Server.Url}", "--token", RunningApi.RootToken);

        ended.ShouldBeFine();
        cluster.Api.Desk.Orders.ShouldHaveSingleItem().Order.Why.ShouldBe("a b");
        standby.Desk.Orders.ShouldBeEmpty();
    }

    [Fact]
    public async Task While_nobody_leads_an_order_waits_and_keeps_its_id()
    {
        cluster.Api.Desk.Failure = new JournalUnavailable("away", new IOException("x"));
        (await cluster.Run("cluster", "leader")).ShouldBeFine();
        (await cluster.Run("cluster", "failover")).ShouldBeRefused(Failed, "journal does not");
        cluster.Api.Desk.Failure = null;
        (cluster.Api.Desk.Leads, cluster.Api.Desk.Leader) = (false, null);

        (await cluster.Run("cluster", "failover")).ShouldBeRefused(
            Failed, "no coordinator leads at the moment");
        using var waiting = cluster.Place.Start("cluster", "failover", "--server",
            $"{cluster.Api.Server.Url}", "--token", RunningApi.RootToken);
        var before = cluster.Api.Log.Count;
        (await waiting.Until(() => cluster.Api.Log.Count > before)).ShouldBeTrue();
        cluster.Api.Desk.Leads = true;

        var ended = await waiting.End();
        ended.ExitCode.ShouldBe(0, ended.Errors);
        ended.Errors.ShouldContain("nobody leads at the moment; waiting");
        cluster.Api.Desk.Orders.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Events_go_on_until_they_are_stopped()
    {
        using var events = cluster.Place.Start("cluster", "events", "--server",
            $"{cluster.Api.Server.Url}", "--token", RunningApi.RootToken);
        (await events.Until(() => events.HasSaid("\n"))).ShouldBeTrue();

        events.Send(RunningProgram.Interrupt);

        (await events.End()).ShouldBeFine().Output.ShouldContain(
            "leader head (3); workers: 1 live; small: active, 25 %");
    }

    [Fact]
    public async Task Every_verb_is_in_the_help()
    {
        var cli = string.Concat(
            (await cluster.Place.Run("--help")).ShouldBeFine().Output,
            (await cluster.Place.Run("cluster", "--help")).ShouldBeFine().Output,
            (await cluster.Place.Run("experiment", "--help")).ShouldBeFine().Output);

        foreach (var verb in new[]
        {
            "cluster", "journal", "configuration", "show", "members", "leader", "events", "drain,",
            "join", "lease", "undrain", "down",
            "failover", "doctor", "token", "submit", "list", "status",
            "describe", "pause", "resume", "stop", "cancel", "retry", "download",
        }) cli.ShouldContain($"  {verb} ");
        (await cluster.Place.Run("configuration", "serve")).ShouldBeFine().Output
            .ShouldContain("#listen: 'https://0.0.0.0:7070'");
    }
}
