using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mneme.Credentials;
using Mneme.Journal;
using Mneme.Web;

namespace Mneme.Coordinator.Api;

/// <summary>Lets in whom the table lets in, and nobody else. An endpoint that says nothing of what
/// it needs is nobody's.</summary>
internal sealed class Gate(IDesk desk, ApiContext server)
{
    private const string NoToken = "a token is needed: Authorization: Bearer TOKEN";
    private const string BadToken = "the token is unknown, expired or revoked";
    private readonly FailedAttempts attempts = new(server.Clock);
    private readonly CredentialRow? root = server.Settings.Token is { } token
        ? new CredentialRow(
            TokenHash.Of(token.Reveal()), Asker.Root, "operator", null, DateTimeOffset.MaxValue,
            IsRevoked: false)
        : null;

    public async Task Pass(HttpContext http, RequestDelegate next)
    {
        var endpoint = http.GetEndpoint();
        var needs = endpoint?.Metadata.GetMetadata<Needs>();
        if (needs?.Roles != Roles.Anyone)
        {
            if (await Authenticate(http) is not { } asker) return;
            // What is no endpoint at all is told apart (404, 405) only to those who are let in.
            if (needs is not null || endpoint is RouteEndpoint)
                if (Fault(http, needs, asker) is { } fault)
                {
                    server.Log.Warning($"{Shown(http)} by {asker.Name}: {fault}");
                    await Answer.Fault(http, StatusCodes.Status403Forbidden, fault);
                    return;
                }
            http.Features.Set(asker);
        }
        await next(http);
    }

    private async Task<Asker?> Authenticate(HttpContext http)
    {
        if (BearerToken.Of(http) is not { } token)
        {
            await Answer.Fault(http, StatusCodes.Status401Unauthorized, NoToken);
            return null;
        }
        var (address, hash) = (RemoteAddress.Of(http), TokenHash.Of(token));
        if (attempts.Wait(address, hash) is { } wait)
        {
            await Answer.Fault(http, StatusCodes.Status429TooManyRequests,
                "too many wrong tokens came from this address", wait);
            return null;
        }
        var known = root is null ? desk.Credentials : [.. desk.Credentials, root];
        if (CredentialCheck.Of(token, known, server.Clock.GetUtcNow()) is { } row)
        {
            attempts.Accept(hash);
            return new Asker(row.Name, RoleNames.Parse(row.Role), row.Scope);
        }
        attempts.Refuse(address, hash);
        server.Log.Warning($"{Shown(http)}: {BadToken}");
        await Answer.Fault(http, StatusCodes.Status401Unauthorized, BadToken);
        return null;
    }

    private static string? Fault(HttpContext http, Needs? needs, Asker asker)
    {
        if (needs is null || (needs.Roles & asker.Role) == 0)
            return $"the token of {asker.Name} may not do this"
                + (needs is null ? "" : $": it needs {string.Join(" or ", needs.Roles.Words())}");
        var isReached = asker.Scope is null || needs.Reach switch
        {
            Reach.Target => asker.Reaches(http.GetRouteValue(ApiRoute.Target) as string ?? ""),
            Reach.Cluster => false,
            _ => true,
        };
        return isReached ? null : $"the token of {asker.Name} is good for {asker.Scope} alone";
    }

    private static string Shown(HttpContext http) =>
        $"{http.Request.Method} {http.Request.Path} from {RemoteAddress.Of(http)}";
}
