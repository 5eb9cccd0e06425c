using Mneme.Credentials;
using Mneme.Tests.Shared.Actors;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Api;

public sealed class CredentialTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(50);
    private readonly VirtualClock clock = new(Now);

    [Fact]
    public async Task Expired_revoked_and_unknown_tokens_are_refused()
    {
        await using var api = await Start();
        api.Desk.Rows["e"] = RunningApi.Row("soon", "viewer", expires: Now.AddSeconds(1));
        api.Desk.Rows["r"] = RunningApi.Row("revoked", "operator", isRevoked: true);
        api.Desk.Rows["x"] = RunningApi.Row("odd", "emperor");

        (await api.Get("/v1/cluster", "soon")).Status.ShouldBe(200);
        clock.Advance(TimeSpan.FromSeconds(1));
        (await api.Get("/v1/cluster", "soon")).Status.ShouldBe(401);
        (await api.Get("/v1/cluster", "revoked")).Status.ShouldBe(401);
        (await api.Get("/v1/cluster", "nobody-knows")).Status.ShouldBe(401);
        (await api.Get("/v1/cluster", "odd")).Status.ShouldBe(403);
        (await api.Get("/v1/cluster", "root")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("Authorization: Basic cm9vdDpyb290")]
    [InlineData("Authorization: Bearer")]
    [InlineData("Authorization: Bearer ")]
    [InlineData("Authorization: Bearer root-")]
    [InlineData("Authorization: root-0123456789abcdef0123456789abcdef")]
    [InlineData("Cookie: token=root-0123456789abcdef0123456789abcdef")]
    [InlineData("X-Api-Key: root-0123456789abcdef0123456789abcdef")]
    public async Task A_token_counts_in_its_header_and_whole_alone(string header)
    {
        await using var api = await Start();

        (await api.Ask("GET", "/v1/cluster", null, null, header)).Status.ShouldBe(401);
        (await api.Get($"/v1/cluster?token={RunningApi.RootToken}", null)).Status.ShouldBe(401);
    }

    [Theory]
    [InlineData("GET", "/v1/experiments/small", 200)]
    [InlineData("GET", "/v1/experiments/other", 403)]
    [InlineData("GET", "/v1/experiments/small/verify", 200)]
    [InlineData("GET", "/v1/experiments/other/journal", 403)]
    [InlineData("GET", "/v1/experiments/other/results/a", 403)]
    [InlineData("GET", "/v1/experiments", 403)]
    [InlineData("GET", "/v1/cluster", 403)]
    [InlineData("GET", "/v1/events", 403)]
    [InlineData("GET", "/v1/leader", 200)]
    [InlineData("GET", "/v1/tokens", 403)]
    [InlineData("POST", "/v1/experiments/small/pause", 200)]
    [InlineData("POST", "/v1/experiments/other/pause", 403)]
    [InlineData("POST", "/v1/nodes/gpu-1/drain", 403)]
    [InlineData("POST", "/v1/failover", 403)]
    public async Task A_token_for_one_experiment_is_good_for_that_one(
        string method, string path, int status)
    {
        await using var api = await Start();
        api.Desk.Rows["s"] = RunningApi.Row("scoped", "operator", scope: "small");

        (await api.Ask(method, path, "scoped")).Status.ShouldBe(status);
    }

    [Theory]
    [InlineData("name: small\nmodel: x", 201)]
    [InlineData("{model: x, 'name': small}", 201)]
    [InlineData("name: other\nmodel: small", 403)]
    [InlineData("model: x\n# name: small", 422)]
    [InlineData("name: other\nname: small", 422)]
    public async Task A_submitter_for_one_experiment_submits_that_one(string spec, int status)
    {
        await using var api = await Start();
        api.Desk.Rows["s"] = RunningApi.Row("scoped", "submitter", scope: "small");

        (await api.Ask("POST", "/v1/experiments", "scoped", spec)).Status.ShouldBe(status);
    }

    [Fact]
    public async Task Whoever_guesses_is_held_up_and_others_are_not()
    {
        await using var api = await Start();
        (await api.Get("/v1/cluster", "viewer")).Status.ShouldBe(200);

        for (var guess = 0; guess < 10; guess++)
            (await api.Get("/v1/cluster", $"guess-{guess}")).Status.ShouldBe(401);
        var held = await api.Get("/v1/cluster", "guess-10");

        held.Status.ShouldBe(429);
        held.Headers["Retry-After"].ShouldBe("60");
        (await api.Get("/v1/cluster", "viewer")).Status.ShouldBe(200);
        (await api.Get("/v1/cluster", "operator")).Status.ShouldBe(429);
        clock.Advance(TimeSpan.FromMinutes(1));
        (await api.Get("/v1/cluster", "operator")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_token_is_made_shown_once_listed_without_it_and_revoked()
    {
        await using var api = await Start();

        var made = await api.Ask("POST", "/v1/tokens?why=new+laptop", "root",
            """{"name":"ada","role":"viewer","scope":"small","days":1}""");

        made.Status.ShouldBe(201);
        var token = made.Body.Split("\"token\":\"")[1].Split('"')[0];
        api.Desk.Orders.ShouldHaveSingleItem().Order.ShouldSatisfyAllConditions(
            order => order.By.ShouldBe("root"), order => order.Why.ShouldBe("new laptop"));
        var list = await api.Get("/v1/tokens");
        list.Body.ShouldContain("""{"name":"ada","role":"viewer","scope":"small","expires":""");
        list.Body.ShouldNotContain(token);
        list.Body.ShouldNotContain(TokenHash.Of(token));
        api.Desk.Rows[TokenHash.Of(token)].Expires.ShouldBe(Now.AddDays(1));
        var header = $"Authorization: Bearer {token}";
        (await api.Ask("GET", "/v1/experiments/small", null, null, header)).Status.ShouldBe(200);

        (await api.Ask("DELETE", "/v1/tokens/ada")).Status.ShouldBe(200);

        (await api.Ask("GET", "/v1/experiments/small", null, null, header)).Status.ShouldBe(401);
        (await api.Ask("DELETE", "/v1/tokens/ada")).Status.ShouldBe(404);
        (await api.Get("/v1/tokens")).Body.ShouldContain("\"revoked\"");
        api.Log.ShouldAllBe(line => !$"{line}".Contains(token));
    }

    [Theory]
    [InlineData("""{"name":"root","role":"operator"}""", 422, "not 'root'")]
    [InlineData("""{"name":"../x","role":"operator"}""", 422, "cannot be a token's")]
    [InlineData("""{"name":"a","role":"Operator"}""", 422, "node, viewer, submitter, operator")]
    [InlineData("""{"name":"a","role":"viewer","scope":"*"}""", 422, "scope")]
    [InlineData("""{"name":"a","role":"viewer","days":3660}""", 422, "days")]
    [InlineData("""{"name":"viewer","role":"viewer"}""", 422, "choose another name")]
    [InlineData("""{"name":"a","role":"viewer","is_revoked":false}""", 400, "is_revoked")]
    [InlineData("""{"name":"a","name":"b","role":"viewer"}""", 400, "")]
    [InlineData("""{"name":null,"role":"viewer"}""", 400, "")]
    [InlineData("[]", 400, "")]
    [InlineData("", 400, "")]
    public async Task A_token_that_should_not_be_is_not_made(string body, int status, string said)
    {
        await using var api = await Start();

        var answer = await api.Ask("POST", "/v1/tokens", "operator", body);

        answer.Status.ShouldBe(status);
        answer.Body.ShouldContain(said.Replace("'", "\\u0027", StringComparison.Ordinal));
        api.Desk.Orders.ShouldBeEmpty();
    }

    [Fact]
    public async Task No_token_is_in_any_line_of_the_log()
    {
        await using var api = await Start();
        foreach (var who in new[] { "root", "viewer", "nobody-knows" })
        {
            await api.Ask("POST", $"/v1/failover?why=x&token={RunningApi.TokenOf(who)}", who);
            await api.Get("/v1/tokens", who);
        }
        api.Desk.Failure = new InvalidOperationException("broken");
        (await api.Get("/v1/cluster", "root")).Body.ShouldNotContain("broken");

        api.Log.Count.ShouldBeGreaterThan(5);
        var lines = string.Join("\n", api.Log.Select(line => $"{line} {line.Error}"));
        lines.ShouldContain("by root: 200");
        lines.ShouldContain("broken");
        lines.ShouldNotContain(RunningApi.RootToken);
        lines.ShouldNotContain("token-of");
    }

    private Task<RunningApi> Start() => RunningApi.Start(clock);
}
