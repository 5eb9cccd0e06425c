using Microsoft.AspNetCore.Http;

namespace Mneme.Web;

/// <summary>The token of a request. Only in its header: addresses end up in logs.</summary>
public static class BearerToken
{
    private const string Scheme = "Bearer ";

    /// <summary>Null when there is none, or more than one.</summary>
    public static string? Of(HttpContext context) =>
        context.Request.Headers.Authorization is [{ } value]
        && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && value.Length > Scheme.Length
            ? value[Scheme.Length..].Trim()
            : null;
}
