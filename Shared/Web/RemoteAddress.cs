using System.Net;
using Microsoft.AspNetCore.Http;

namespace Mneme.Web;

/// <summary>Where a request comes from.</summary>
public static class RemoteAddress
{
    public static IPAddress Of(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address
            ? address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address
            : IPAddress.None;
}
