using System.Net;
using System.Security.Authentication;
using System.Text.Json;

namespace Mneme.Coordinator.Cli.Cluster;

/// <summary>What went wrong with a question, in one line with a remedy.</summary>
internal static class ApiRefusal
{
    private const int LongestText = 8 * 1024;

    public static async Task<UserError> Of(
        HttpResponseMessage response, Uri server, bool hasToken) => response.StatusCode switch
        {
            HttpStatusCode.Unauthorized when hasToken => new UserError(
                $"{server}: the token is unknown, expired or revoked; give another with --token, "
                + "MNEME_TOKEN or --token-file"),
            HttpStatusCode.Unauthorized => new UserError(
                $"{server}: a token is needed; give it with --token, MNEME_TOKEN or --token-file"),
            _ => new UserError($"{server}: {await TextOf(response)}"),
        };

    public static UserError Unreachable(Uri server, Exception error) => new(
        error.InnerException is AuthenticationException tls
            ? $"{server}: the server's certificate is not believed "
                + $"({tls.Message.ReplaceLineEndings(" ").TrimEnd('.')}); name its authority with "
                + "--tls-ca or MNEME_TLS_CA"
            : $"{server}: no server answers there ({Why(error)}); start it with './mneme serve', "
                + "or name another with --server or MNEME_SERVER",
        inner: error);

    private static string Why(Exception error) => error is TaskCanceledException
        ? "too slow"
        : (error.InnerException ?? error).Message.ReplaceLineEndings(" ").TrimEnd('.');

    private static async Task<string> TextOf(HttpResponseMessage response)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync();
        try
        {
            using var body = JsonDocument.Parse(bytes.AsMemory()[..Math.Min(
                bytes.Length, LongestText)]);
            return body.RootElement.GetProperty("error").GetString() ?? "refused";
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException
            or InvalidOperationException)
        {
            return $"it answers {(int)response.StatusCode} {response.ReasonPhrase}; "
                + "is it a Mneme server?";
        }
    }
}
