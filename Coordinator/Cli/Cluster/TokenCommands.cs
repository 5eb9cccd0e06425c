using System.CommandLine;
using System.Text;
using System.Text.Json;
using Mneme.Coordinator.Api;

namespace Mneme.Coordinator.Cli.Cluster;

/// <summary><c>mneme cluster token create|list|revoke</c>.</summary>
internal static class TokenCommands
{
    public static Command Build() => new("token", "Say who may do what")
    {
        Create(), ServerOptions.Verb("list", "Every token, without itself", List), Revoke(),
    };

    private static Command Create()
    {
        var (name, why) = (new Argument<string>("NAME"), ClusterCommand.Why());
        var role = new Option<string>("--role")
        {
            Description = "what it is for", Required = true,
        };
        role.AcceptOnlyFromAmong([.. RoleNames.All]);
        var scope = new Option<string?>("--scope")
        {
            Description = "the only node or experiment that it is good for",
        };
        var days = WholeNumber.Option("--days", "how long it is good for (default: 90)", 1, 366);
        return ServerOptions.Verb("create", "Make a token; it is shown this once",
            async (parsed, client) =>
            {
                var heard = await Make(
                    new NewTokenBody(
                        parsed.GetRequiredValue(name), parsed.GetRequiredValue(role),
                        parsed.GetValue(scope), (int?)parsed.GetValue(days)),
                    client, parsed.GetRequiredValue(why));
                return Shown.Print(client, heard, () => [InWords(heard)]);
            }, name, role, scope, days, why);
    }

    /// <summary><c>cluster join NODE</c>: the settings with which a new worker joins.</summary>
    public static Command Join()
    {
        var (node, why) = (new Argument<string>("NODE"), ClusterCommand.Why());
        return ServerOptions.Verb("join", "Print the settings with which a new worker joins",
            async (parsed, client) =>
            {
                var name = parsed.GetRequiredValue(node);
                var heard = await Make(
                    new NewTokenBody($"node-{name}", "node", name, null), client,
                    parsed.GetRequiredValue(why));
                return Shown.Print(client, heard, () =>
                [
                    $"node: {name}", $"token: {InWords(heard)}",
                    "# and the broker's address, with the worker's user and password:",
                    "#broker: amqps://worker:PASSWORD@HOST/VHOST",
                ]);
            }, node, why);
    }

    private static Task<Heard> Make(NewTokenBody token, ApiClient client, string why)
    {
        var body = JsonSerializer.Serialize(token, ApiRequestJson.Default.NewTokenBody);
        return client.Order(
            HttpMethod.Post, "/v1/tokens", why,
            () => new StringContent(body, Encoding.UTF8, "application/json"));
    }

    // Alone on its line, so that a script can take it.
    private static string InWords(Heard heard) =>
        heard.As(ApiJson.Default.CreatedTokenBody).Token;

    private static async Task<int> List(ParseResult parsed, ApiClient client)
    {
        var heard = await client.Get("/v1/tokens");
        return Shown.Print(client, heard, () => TextTable.Lines(
            ["name", "role", "scope", "expires", "state"],
            [.. heard.As(ApiJson.Default.TokenBodyArray).Select(token => new[]
            {
                token.Name, token.Role, token.Scope ?? "all", $"{token.Expires:yyyy-MM-dd}",
                token.State,
            })]));
    }

    private static Command Revoke()
    {
        var (name, why) = (new Argument<string>("NAME"), ClusterCommand.Why());
        return ServerOptions.Verb("revoke", "Make a token worthless", async (parsed, client) =>
            ClusterCommand.Done(client, await client.Order(
                HttpMethod.Delete,
                $"/v1/tokens/{Uri.EscapeDataString(parsed.GetRequiredValue(name))}",
                parsed.GetRequiredValue(why))), name, why);
    }
}
