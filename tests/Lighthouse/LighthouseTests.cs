using System.Text;
using Mneme.Coordinator.Api;
using Mneme.Messages;
using Mneme.Tests.Coordinator.Api;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Lighthouse;

public sealed class LighthouseTests : IAsyncLifetime
{
    private static readonly string Viewer = RunningApi.TokenOf("viewer");
    private RunningLighthouse house = null!;

    public async Task InitializeAsync() => house = await RunningLighthouse.Start();

    public async Task DisposeAsync() => await house.DisposeAsync();

    [Fact]
    public async Task What_the_leader_showed_last_is_shown_with_its_age()
    {
        await house.Show(house.View());
        house.Clock.Advance(TimeSpan.FromSeconds(14));

        var said = await house.Get("/v1/cluster", Viewer);

        said.Status.ShouldBe(200);
        ClusterViewCodec.Decode(Encoding.UTF8.GetBytes(said.Body)).Leader.Epoch.ShouldBe(3);
        said.Headers["Age"].ShouldBe("14");
        said.Headers.Keys.ShouldNotContain("Mneme-Stale");
        house.Clock.Advance(TimeSpan.FromSeconds(2));
        (await house.Get("/v1/leader", Viewer)).Headers["Mneme-Stale"].ShouldBe("true");
        (await house.Get("/v1/members", Viewer)).Body.ShouldStartWith("[{\"node\":\"gpu-1\"");
        (await house.Get("/v1/events", Viewer)).Status.ShouldBe(503);
    }

    [Fact]
    public async Task Everything_else_goes_to_the_leader_with_the_callers_own_token()
    {
        await house.Show(house.View());

        var said = await house.Ask("POST", "/v1/experiments/small/pause?why=a%20b%26c",
            RunningApi.TokenOf("operator"));
        var submitted = await house.Ask("POST", "/v1/experiments?cohort_size=2",
            RunningApi.TokenOf("submitter"), "name: small\n");

        (said.Status, said.Body).ShouldBe((200, """{"done":"done as told"}"""));
        submitted.Status.ShouldBe(201);
        var orders = house.Leader.Desk.Orders.ToList();
        orders[0].ShouldSatisfyAllConditions(
            asking => asking.Order.By.ShouldBe("operator"),
            asking => asking.Order.Why.ShouldBe("a b&c"));
        orders[1].Target.ShouldBe("name: small\n");
        (await house.Get("/v1/experiments/small", Viewer)).Body.ShouldContain("\"cause\":\"oom\"");
        (await house.Ask("POST", "/v1/failover", Viewer)).Status.ShouldBe(403);
        (await house.Get("/v1/experiments/none", Viewer)).Status.ShouldBe(404);
        (await house.Ask("PUT", "/v1/cluster", Viewer)).Status.ShouldBe(405);
    }

    [Fact]
    public async Task Without_a_token_only_the_health_is_told_whatever_the_method()
    {
        await house.Show(house.View());
        foreach (var path in ApiRoutes.Table.Select(AccessTests.PathOf).Append("/").Append("/x.y"))
            foreach (var method in new[] { "GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH" })
                (await house.Ask(method, path, token: null)).Status.ShouldBe(
                    (method, path) == ("GET", "/healthz") ? 200 : 401, $"{method} {path}");
        house.Leader.Desk.Orders.ShouldBeEmpty();
        (await house.Get("/healthz", Viewer)).Status.ShouldBe(200);
        (await house.Get("/x.y", Viewer)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Who_may_read_the_view_is_the_leaders_decision_and_remembered()
    {
        await house.Show(house.View());
        (await house.Get("/v1/cluster", Viewer)).Status.ShouldBe(200);
        (await house.Get("/v1/cluster", RunningApi.TokenOf("node"))).Status.ShouldBe(403);
        (await house.Get("/v1/cluster", "wrong")).Status.ShouldBe(401);

        house.Leader.Desk.Rows["viewer"] = RunningApi.Row("viewer", "viewer", isRevoked: true);
        (await house.Get("/v1/cluster", Viewer)).Status.ShouldBe(200);
        house.Clock.Advance(TimeSpan.FromMinutes(1));
        (await house.Get("/v1/cluster", Viewer)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task With_the_leader_away_those_that_it_knew_still_see_the_view()
    {
        await house.Show(house.View());
        (await house.Get("/v1/cluster", Viewer)).Status.ShouldBe(200);
        await house.Leader.Server.Stop();
        house.Clock.Advance(TimeSpan.FromMinutes(2));

        (await house.Get("/v1/cluster", Viewer)).Status.ShouldBe(200);
        (await house.Get("/v1/cluster", RunningApi.TokenOf("submitter"))).Status.ShouldBe(503);
        var forwarded = await house.Ask("POST", "/v1/failover");
        (forwarded.Status, forwarded.Headers["Retry-After"]).ShouldBe((503, "2"));
        house.Clock.Advance(TimeSpan.FromHours(1));
        (await house.Get("/v1/cluster", Viewer)).Status.ShouldBe(503);
    }

    [Fact]
    public async Task A_token_of_its_own_settings_may_always_read_and_no_more()
    {
        const string own = "lighthouse-0123456789abcdef012345";
        await house.Restart($"--token={own}");
        await house.Show(house.View());

        (await house.Get("/v1/cluster", own)).Status.ShouldBe(200);
        (await house.Get("/v1/experiments", own)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task After_a_restart_the_view_comes_from_disk_and_is_stale()
    {
        const string own = "lighthouse-0123456789abcdef012345";
        await house.Show(house.View());
        house.Clock.Advance(TimeSpan.FromSeconds(20));

        await house.Restart($"--token={own}");

        var said = await house.Get("/v1/cluster", own);
        (said.Status, said.Headers["Age"], said.Headers["Mneme-Stale"])
            .ShouldBe((200, "20", "true"));
        await File.WriteAllTextAsync(house.Folder.At("state/view.json"), "{\"leader\":");
        await house.Restart($"--token={own}");
        (await house.Get("/v1/cluster", own)).Status.ShouldBe(503);
    }

    [Fact]
    public async Task A_leader_that_no_longer_leads_is_waited_out()
    {
        await house.Show(house.View());
        house.Leader.Desk.Leads = false;
        house.Leader.Desk.Leader = new LeaderView("x", "i", 9, "https://attacker.example");

        (await house.Get("/v1/experiments")).Status.ShouldBe(503);
    }

    [Fact]
    public async Task Whoever_guesses_is_held_up_here_and_does_not_hold_up_others_there()
    {
        await house.Show(house.View());
        for (var guess = 0; guess < 10; guess++)
            (await house.Get("/v1/experiments", $"guess-{guess}")).Status.ShouldBe(401);

        (await house.Get("/v1/experiments", "guess-10")).Status.ShouldBe(429);
        (await house.Get("/v1/cluster", "guess-10")).Status.ShouldBe(429);
    }

    [Fact]
    public async Task What_is_no_whole_view_is_not_listened_to()
    {
        const string leader = """{"leader":{"node":"x","url":"http://x","epoch":9}""";
        foreach (var view in new[]
        {
            "null", "{}", "[]", """{"workers":[],"experiments":[]}""", leader + "}",
            leader + ""","workers":[null],"experiments":[]}""",
            leader + ""","workers":[{"node":"a","state":"live"}],"experiments":[]}""",
            leader + ""","workers":[],"experiments":[{}]}""", "{",
        }) await house.SayRaw(view);

        await house.Show(house.View(epoch: 2));
        house.Server.Seen!.View.Leader.Epoch.ShouldBe(2);
    }

    [Fact]
    public async Task The_broker_may_go_and_come_again()
    {
        await house.Show(house.View());

        await house.RestartBroker();

        (await house.Get("/v1/cluster", Viewer)).Status.ShouldBe(200);
        await house.Show(house.View(epoch: 4));
    }
}
