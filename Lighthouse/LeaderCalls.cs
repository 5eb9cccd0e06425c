using System.Net;
using Mneme.Actors;
using Mneme.Configuration;
using Mneme.Credentials;
using Mneme.Web;

namespace Mneme.Lighthouse;

/// <summary>The way to whoever led when the view was last heard.</summary>
internal sealed class LeaderCalls : IDisposable
{
    private readonly HttpMessageInvoker http;
    private readonly NodeConfiguration settings;
    private readonly LastView last;
    private readonly Log log;

    /// <exception cref="CannotListen">tls.ca names no authority.</exception>
    public LeaderCalls(NodeConfiguration settings, LastView last, Log log)
    {
        (this.settings, this.last, this.log) = (settings, last, log);
        try { http = new HttpMessageInvoker(Trust.Handler(settings.TlsCa)); }
        catch (InvalidDataException error)
        {
            throw new CannotListen($"tls.ca: {error.Message}", error);
        }
    }

    /// <summary>Null: nobody is known, or nobody answers there.</summary>
    /// <param name="path">As it was asked, with its query.</param>
    public async Task<HttpResponseMessage?> Ask(
        HttpRequestMessage request, string path, CancellationToken cancel)
    {
        // Joined as text: a path that begins with two slashes would name another server.
        if (Leader() is not { } leader) return null;
        request.RequestUri = new Uri(leader.GetLeftPart(UriPartial.Authority) + path);
        try
        {
            var answer = await http.SendAsync(request, cancel);
            if (answer.StatusCode != HttpStatusCode.TemporaryRedirect) return answer;
            answer.Dispose();   // it led: the next view says who does
        }
        catch (HttpRequestException) { }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested) { }
        return null;
    }

    private Uri? Leader()
    {
        if (!Uri.TryCreate(last.Now?.View.Leader.Url, UriKind.Absolute, out var leader)
            || leader.Scheme is not ("http" or "https")) return null;
        var isGuarded = leader.Scheme == "https" || Exposure.IsLocal(leader.DnsSafeHost);
        if (isGuarded || settings.Insecure) return leader;
        log.Warning($"the leader's address {leader} has no TLS, so no token is sent there: "
            + "set its 'advertise' to https, or override with --insecure");
        return null;
    }

    public void Dispose() => http.Dispose();
}
