using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Mneme.Web;

namespace Mneme.Lighthouse;

/// <summary>Hands a request on to the leader as it came, with the caller's own token, and the
/// answer back.</summary>
internal sealed class Forwarding(LeaderCalls leader)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    // Of one connection, not of the message (RFC 9110, 7.6.1).
    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding",
        "Upgrade", "Host", "Expect", "Content-Length",
    };

    /// <returns>The leader's status; null: there was nobody to ask.</returns>
    public async Task<HttpStatusCode?> Pass(HttpContext context)
    {
        using var request = RequestOf(context.Request);
        using var answer = await leader.Ask(
            request, UriHelper.GetEncodedPathAndQuery(context.Request), context.RequestAborted);
        if (answer is null)
        {
            await Answer.Fault(context, StatusCodes.Status503ServiceUnavailable,
                "the leader cannot be asked at the moment; try again with the same request id",
                Soon);
            return null;
        }
        await Copy(answer, context);
        return answer.StatusCode;
    }

    private static HttpRequestMessage RequestOf(HttpRequest asked)
    {
        var request = new HttpRequestMessage(new HttpMethod(asked.Method), "");
        if (asked.ContentLength > 0 || asked.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(asked.Body);
            request.Content.Headers.ContentLength = asked.ContentLength;
        }
        foreach (var (name, values) in asked.Headers)
            if (!OfTheConnection.Contains(name)
                && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                request.Content?.Headers.TryAddWithoutValidation(
                    name, (IEnumerable<string?>)values);
        return request;
    }

    private static async Task Copy(HttpResponseMessage answer, HttpContext context)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            if (!OfTheConnection.Contains(name))
                context.Response.Headers[name] = values.ToArray();
        context.Response.ContentLength = answer.Content.Headers.ContentLength;
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
