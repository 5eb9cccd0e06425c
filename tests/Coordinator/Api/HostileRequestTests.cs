using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Api;

/// <summary>Rules S4 and S9, and the limits.</summary>
public sealed class HostileRequestTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Token = $"Authorization: Bearer {RunningApi.RootToken}\r\n";
    private readonly RunningApi api = fixture.Api;

    [Theory]
    [InlineData("GET", "attacker.example")]
    [InlineData("DELETE", "attacker.example:7070")]
    [InlineData("PUT", "localhost.attacker.example")]
    [InlineData("POST", "10.0.0.7")]
    [InlineData("GET", "127.0.0.1.attacker.example")]
    public async Task A_name_that_is_not_ours_is_refused_whatever_the_method(
        string method, string host)
    {
        (await Raw(method, "/v1/cluster", $"Host: {host}\r\n")).ShouldStartWith("HTTP/1.1 403");
        (await Raw(method, "/healthz", $"Host: {host}\r\n")).ShouldStartWith("HTTP/1.1 403");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost:7070")]
    [InlineData("LOCALHOST")]
    [InlineData("some-machine:1")]
    [InlineData("[::1]:7070")]
    public async Task A_name_of_ours_is_let_in(string host) =>
        (await Raw("GET", "/v1/cluster", $"Host: {host}\r\n")).ShouldStartWith("HTTP/1.1 200");

    [Theory]
    [InlineData("Origin: https://attacker.example", 403)]
    [InlineData("Origin: null", 403)]
    [InlineData("Origin: http://127.0.0.1:1", 403)]
    [InlineData("Sec-Fetch-Site: cross-site", 403)]
    [InlineData("Sec-Fetch-Site: same-origin", 200)]
    public async Task A_page_of_another_origin_is_refused(string header, int status)
    {
        foreach (var (method, path) in new[]
        {
            ("POST", "/v1/experiments/small/pause"), ("GET", "/v1/cluster"),
        })
        {
            var said = await api.Ask(method, path, "operator", null, header);
            said.Status.ShouldBe(status);
            said.Headers.Keys.ShouldNotContain("Access-Control-Allow-Origin");
        }
        var own = $"Origin: {api.Server.Url.GetLeftPart(UriPartial.Authority)}";
        (await api.Ask("GET", "/v1/cluster", "viewer", null, own)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_body_over_a_mebibyte_is_refused()
    {
        foreach (var path in new[] { "/v1/experiments", "/v1/failover", "/v1/tokens" })
            (await Raw("POST", path, "Host: localhost\r\nContent-Length: 1048577\r\n"))
                .ShouldStartWith("HTTP/1.1 413");
        var chunk = $"100001\r\n{new string('#', 0x100001)}\r\n";
        (await api.Raw("POST /v1/experiments HTTP/1.1\r\nHost: localhost\r\n"
            + $"{Token}Transfer-Encoding: chunked\r\n\r\n{chunk}"))
            .ShouldStartWith("HTTP/1.1 413");
    }

    [Fact]
    public async Task JSON_that_is_nested_deep_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"name\":", 100_000));

        (await api.Ask("POST", "/v1/tokens", "operator", deep)).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Too_many_and_too_long_headers_are_refused()
    {
        var many = string.Concat(Enumerable.Range(0, 100).Select(i => $"H{i}: x\r\n"));

        (await Raw("GET", "/healthz", $"Host: localhost\r\n{many}")).ShouldContain(" 431 ");
        (await Raw("GET", "/healthz", $"Host: localhost\r\nH: {new string('x', 20_000)}\r\n"))
            .ShouldContain(" 431 ");
        (await Raw("GET", $"/{new string('x', 9000)}", "Host: localhost\r\n"))
            .ShouldContain(" 414 ");
    }

    [Theory]
    [InlineData("slots=0")]
    [InlineData("slots=x")]
    [InlineData("slots=1&slots=2")]
    [InlineData("segment_steps=-1")]
    [InlineData("cohort_size=99999999999")]
    [InlineData("sharing=maybe")]
    public async Task A_wish_that_makes_no_sense_is_refused(string query) =>
        (await api.Ask("POST", $"/v1/experiments?{query}", "operator", "name: small"))
            .Status.ShouldBe(400);

    [Theory]
    [InlineData("/v1/experiments/..%2f..%2fetc%2fpasswd")]
    [InlineData("/v1/experiments/%2e%2e/verify")]
    [InlineData("/v1/experiments/..%5c..%5cx/journal")]
    [InlineData("/v1/experiments/small;x")]
    [InlineData("/v1/experiments/SMALL")]
    [InlineData("/v1/experiments/con")]
    [InlineData("/v1/experiments/.operators/journal")]
    [InlineData("/v1/experiments/small%00/journal")]
    public async Task A_name_that_no_experiment_can_have_is_not_asked_for(string path) =>
        (await Raw("GET", path, "Host: localhost\r\n")).ShouldMatch("^HTTP/1.1 40[04] ");

    private Task<string> Raw(string method, string path, string headers) =>
        api.Raw($"{method} {path} HTTP/1.1\r\n{headers}{Token}Connection: close\r\n\r\n");
}
