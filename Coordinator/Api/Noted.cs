using Microsoft.AspNetCore.Http;
using Mneme.Web;

namespace Mneme.Coordinator.Api;

/// <summary>One line for every request that wanted to change something. Never what stood in a
/// header, a body or a query.</summary>
internal sealed class Noted(ApiContext server)
{
    public async Task Pass(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (HttpMethods.IsGet(http.Request.Method)) return;
        var by = http.Features.Get<Asker>()?.Name ?? "nobody known";
        server.Log.Info($"{http.Request.Method} {http.Request.Path} from "
            + $"{RemoteAddress.Of(http)} by {by}: {http.Response.StatusCode}");
    }
}
