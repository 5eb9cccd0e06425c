using System.Net;
using Microsoft.AspNetCore.Http;
using Mneme.Configuration;

namespace Mneme.Web;

/// <summary>A page of another site that a browser shows may reach this server, by a name that was
/// bound to its address; neither such a name nor such a page is let in.</summary>
internal sealed class HostGuard(NodeConfiguration settings)
{
    private readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase)
    {
        "localhost", settings.Node, settings.Listen.DnsSafeHost, settings.Advertise.DnsSafeHost,
    };

    /// <summary>What is foreign about a request, or null.</summary>
    public string? Fault(HttpContext context)
    {
        var request = context.Request;
        if (!IsOurs(Bare(request.Host.Host), context.Connection.LocalIpAddress))
            return "the Host header names another server: use the address that is advertised";
        if (request.Headers.Origin is { Count: > 0 } origins
            && !(origins is [{ } origin] && IsSame(origin, request.Host)))
            return "a page of another origin may not ask";
        return request.Headers["Sec-Fetch-Site"] == "cross-site"
            ? "a page of another site may not ask"
            : null;
    }

    private bool IsOurs(string host, IPAddress? reached) => names.Contains(host)
        || IPAddress.TryParse(host, out var address)
            && (IPAddress.IsLoopback(address) || address.Equals(Plain(reached)));

    // The address that the connection came to is ours whatever it is.
    private static IPAddress? Plain(IPAddress? address) =>
        address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    private static bool IsSame(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        && string.Equals(url.Authority, host.Value, StringComparison.OrdinalIgnoreCase);

    private static string Bare(string host) => host.Trim('[', ']');
}
