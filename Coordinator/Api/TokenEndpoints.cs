using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Mneme.Credentials;
using Mneme.Journal;
using Mneme.Specs;
using Mneme.Web;

namespace Mneme.Coordinator.Api;

/// <summary>Who may do what, and until when.</summary>
internal static class TokenEndpoints
{
    private const int DefaultDays = 90;
    private const int MostDays = 366;

    public static Task List(Asked asked)
    {
        var now = asked.Server.Clock.GetUtcNow();
        return Answer.Json(asked.Http,
            [.. asked.Desk.Credentials.OrderBy(row => row.Name, StringComparer.Ordinal)
                .Select(row => new TokenBody(
                    row.Name, row.Role, row.Scope, row.Expires, StateOf(row, now)))],
            ApiJson.Default.TokenBodyArray);
    }

    public static async Task Create(Asked asked)
    {
        var wanted = await Read(asked);
        if (Fault(asked, wanted) is { } fault)
        {
            await asked.Fault(StatusCodes.Status422UnprocessableEntity, fault);
            return;
        }
        var token = TokenHash.NewToken().Reveal();
        var row = new CredentialRow(
            TokenHash.Of(token), wanted.Name, wanted.Role, wanted.Scope,
            asked.Server.Clock.GetUtcNow().AddDays(wanted.Days ?? DefaultDays), IsRevoked: false);
        var answer = await asked.Desk.PutCredential(row, asked.Order());
        if (answer.Outcome != OrderOutcome.Done) await asked.Reply(answer);
        else
            await Answer.Json(asked.Http,
                new CreatedTokenBody(row.Name, row.Role, row.Scope, row.Expires, token),
                ApiJson.Default.CreatedTokenBody, StatusCodes.Status201Created);
    }

    public static async Task Revoke(Asked asked)
    {
        var rows = asked.Desk.Credentials
            .Where(row => row.Name == asked.Target && !row.IsRevoked).ToList();
        if (rows.Count == 0)
        {
            await asked.NotFound("good token of that name");
            return;
        }
        var answer = new OrderAnswer(OrderOutcome.Done, "");
        foreach (var row in rows.Where(_ => answer.Outcome == OrderOutcome.Done))
            answer = await asked.Desk.PutCredential(row with { IsRevoked = true }, asked.Order());
        await asked.Reply(answer);
    }

    private static async Task<NewTokenBody> Read(Asked asked)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(
                asked.Http.Request.Body, ApiRequestJson.Default.NewTokenBody,
                asked.Http.RequestAborted) ?? throw new JsonException("the body is null");
        }
        catch (JsonException error)
        {
            throw new BadHttpRequestException($"the body is not what it should be: "
                + $"{error.Message}", error);
        }
    }

    private static string? Fault(Asked asked, NewTokenBody wanted)
    {
        if (SpecNames.Fault(wanted.Name) is not null || wanted.Name == Asker.Root)
            return $"the name cannot be a token's: {SpecNames.Rule}, and not '{Asker.Root}'";
        if (RoleNames.Parse(wanted.Role) == Roles.None)
            return $"the role must be one of {string.Join(", ", RoleNames.All)}";
        if (wanted.Scope is { } scope && SpecNames.Fault(scope) is not null)
            return "the scope must be a node's or an experiment's name";
        if (wanted.Days is < 1 or > MostDays) return $"days must be from 1 to {MostDays}";
        var now = asked.Server.Clock.GetUtcNow();
        return asked.Desk.Credentials.Any(row =>
            row.Name == wanted.Name && StateOf(row, now) == "good")
                ? $"a good token is called '{wanted.Name}': revoke it, or choose another name"
                : null;
    }

    private static string StateOf(CredentialRow row, DateTimeOffset now) =>
        row.IsRevoked ? "revoked" : now < row.Expires ? "good" : "expired";
}
