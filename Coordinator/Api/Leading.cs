using Microsoft.AspNetCore.Http;
using Mneme.Journal;
using Mneme.Web;

namespace Mneme.Coordinator.Api;

/// <summary>A coordinator that does not lead sends the asker to the one that does.</summary>
internal sealed class Leading(IDesk desk, ApiContext server)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    public async Task Pass(HttpContext http, RequestDelegate next)
    {
        var needs = http.GetEndpoint()?.Metadata.GetMetadata<Needs>();
        if (needs is { OnlyLeader: true } && !desk.Leads)
        {
            await SendOn(http);
            return;
        }
        try
        {
            await next(http);
        }
        catch (NotLeading)
        {
            await SendOn(http);   // it led when the request came
        }
        catch (JournalUnavailable error)
        {
            server.Log.Warning($"{http.Request.Method} {http.Request.Path} failed", error);
            await Answer.Fault(http, StatusCodes.Status503ServiceUnavailable,
                "the journal does not answer now; ask again with the same request id", Soon);
        }
    }

    private Task SendOn(HttpContext http)
    {
        if (desk.Leads || LeaderElsewhere() is not { } leader)
            return Answer.Fault(http, StatusCodes.Status503ServiceUnavailable,
                "no coordinator leads at the moment", Soon);
        http.Response.Headers.Location =
            new Uri(leader, http.Request.Path.ToUriComponent()).AbsoluteUri
            + http.Request.QueryString.ToUriComponent();
        return Answer.Fault(http, StatusCodes.Status307TemporaryRedirect,
            $"{leader} leads: ask there");
    }

    private Uri? LeaderElsewhere() =>
        Uri.TryCreate(desk.Leader?.Url, UriKind.Absolute, out var url)
        && url != server.Settings.Advertise ? url : null;
}
