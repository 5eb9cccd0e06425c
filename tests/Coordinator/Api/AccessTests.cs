using Microsoft.AspNetCore.Routing;
using Mneme.Coordinator.Api;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Api;

/// <summary>Rules S2 and S3: who may do what, endpoint by endpoint.</summary>
public sealed class AccessTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly string[] Methods =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];

    private readonly RunningApi api = fixture.Api;

    [Fact]
    public async Task Without_a_token_only_the_health_is_told_whatever_the_method()
    {
        var paths = ApiRoutes.Table.Select(PathOf)
            .Concat(["/", "/v1", "/v1/blobs/x", "/admin", "/healthz/", "/HEALTHZ"])
            .Distinct();
        foreach (var path in paths)
            foreach (var method in Methods)
            {
                var said = await api.Ask(method, path, who: null);
                var isHealth = method == "GET"
                    && path.Trim('/').Equals("healthz", StringComparison.OrdinalIgnoreCase);
                said.Status.ShouldBe(isHealth ? 200 : 401, $"{method} {path}");
            }
    }

    [Fact]
    public async Task Every_role_may_do_what_the_table_says_and_nothing_else()
    {
        foreach (var route in ApiRoutes.Table.Where(route => !route.Path.EndsWith("events")))
            foreach (var role in RoleNames.All)
            {
                var body = route.Method == "POST" ? "name: small\n" : null;
                var said = await api.Ask(route.Method, PathOf(route), role, body);
                var isAllowed = route.Roles == Roles.Anyone
                    || route.Roles.HasFlag(RoleNames.Parse(role));
                (said.Status != 403).ShouldBe(isAllowed, $"{role}: {route.Method} {route.Path}");
                said.Status.ShouldNotBe(401);
            }
    }

    [Fact]
    public void The_table_is_what_was_decided() => Golden.Check("api-roles.txt", string.Join('\n',
        ApiRoutes.Table.Select(route =>
            $"{route.Method,-6} {route.Path,-42} {Who(route.Roles),-26} {route.Reach}")));

    [Fact]
    public void Every_endpoint_that_is_mapped_says_what_it_needs() => api.Server.Endpoints
        .OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<Needs>() is null)
        .ShouldBeEmpty();

    [Fact]
    public async Task What_is_no_endpoint_is_told_to_those_who_are_let_in()
    {
        (await api.Get("/v1/nothing", "viewer")).Status.ShouldBe(404);
        (await api.Ask("PUT", "/v1/cluster", "viewer")).Status.ShouldBe(405);
    }

    [Fact]
    public async Task Changing_anything_takes_an_operator_except_a_submission()
    {
        var changing = ApiRoutes.Table.Where(route => route.Method != "GET").ToList();

        changing.Where(route => route.Roles != Roles.Operator).Select(route => route.Command)
            .ShouldBe(["experiment submit"]);
        (await api.Get("/v1/commands", "viewer")).Body.ShouldContain(
            """{"command":"experiment pause","method":"POST","path":"/v1/experiments/{target}/""");
    }

    internal static string PathOf(ApiRoute route) => route.Path
        .Replace("{**file}", "small.pkl", StringComparison.Ordinal)
        .Replace("{target}", "small", StringComparison.Ordinal);

    private static string Who(Roles roles) =>
        roles == Roles.Anyone ? "anyone" : string.Join(" ", roles.Words());
}
