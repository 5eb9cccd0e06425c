using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mneme.Configuration;
using Mneme.Coordinator.Api;
using Mneme.Credentials;
using Mneme.Web;

namespace Mneme.Coordinator.Cli.Cluster;

/// <summary>Asks a cluster. Follows to the leader, waits while there is none, and turns every
/// refusal into a sentence.</summary>
internal sealed class ApiClient : IDisposable
{
    private const int MostHops = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly HttpClient http;
    private readonly Uri server;
    private readonly Secret? token;
    private readonly TimeSpan patience;
    private readonly long started = TimeProvider.System.GetTimestamp();
    private readonly bool isInsecure;
    private Uri present;
    private bool hasSaidThatItWaits;

    /// <param name="isJson">Whether answers are shown as they come.</param>
    /// <param name="isInsecure">Whether the token may go to another machine without TLS.</param>
    public ApiClient(
        Uri server, Secret? token, string? authorities, TimeSpan patience, bool isJson,
        bool isInsecure)
    {
        (this.server, this.token, this.patience, IsJson) = (server, token, patience, isJson);
        this.isInsecure = isInsecure;
        present = Guarded(server);
        try
        {
            http = new HttpClient(Trust.Handler(authorities)) { Timeout = TimeSpan.FromMinutes(5) };
        }
        catch (InvalidDataException error)
        {
            throw new UserError($"tls-ca: {error.Message}", UserError.Usage, error);
        }
    }

    public bool IsJson { get; }

    public Uri Server => server;

    public void Dispose() => http.Dispose();

    public Task<Heard> Get(string path) => Read(() => new(HttpMethod.Get, path));

    public async Task<T> Get<T>(string path, JsonTypeInfo<T> type) =>
        (await Get(path)).As(type);

    /// <summary>An answer that is not read to its end at once.</summary>
    public Task<HttpResponseMessage> Open(string path) =>
        Send(() => new(HttpMethod.Get, path), HttpCompletionOption.ResponseHeadersRead);

    /// <summary>Something that changes: sent again under the same id until it is answered.
    /// </summary>
    public Task<Heard> Order(
        HttpMethod method, string path, string why, Func<HttpContent>? body = null)
    {
        var id = Guid.NewGuid().ToString("N");
        var query = why.Length == 0 ? ""
            : $"{(path.Contains('?') ? '&' : '?')}why={Uri.EscapeDataString(why)}";
        return Read(() =>
        {
            var request = new HttpRequestMessage(method, path + query) { Content = body?.Invoke() };
            request.Headers.Add(Asked.RequestHeader, id);
            return request;
        });
    }

    private async Task<Heard> Read(Func<HttpRequestMessage> build)
    {
        using var response = await Send(build, HttpCompletionOption.ResponseContentRead);
        return new Heard(
            await response.Content.ReadAsByteArrayAsync(), response.Headers.Age,
            response.Headers.Contains(Front.InsecureHeader));
    }

    private async Task<HttpResponseMessage> Send(
        Func<HttpRequestMessage> build, HttpCompletionOption completion)
    {
        for (var hops = 0; ;)
        {
            var response = await TrySend(build, completion);
            if (response is { IsSuccessStatusCode: true }) return response;
            using (response)
                if (response is { StatusCode: HttpStatusCode.TemporaryRedirect })
                {
                    if (++hops > MostHops)
                        throw new UserError($"{server}: sent from one coordinator to another "
                            + $"{MostHops} times; see 'cluster leader'");
                    present = Next(response.Headers.Location);
                }
                else if (response is null or { StatusCode: HttpStatusCode.ServiceUnavailable })
                    await Wait(response);
                else throw await ApiRefusal.Of(response, present, token is not null);
        }
    }

    /// <summary>Null: a leader that somebody named does not answer.</summary>
    private async Task<HttpResponseMessage?> TrySend(
        Func<HttpRequestMessage> build, HttpCompletionOption completion)
    {
        using var request = build();
        request.RequestUri = new Uri(present, request.RequestUri!);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Bearer", token.Reveal());
        try
        {
            return await http.SendAsync(request, completion);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            if (error.InnerException is not AuthenticationException && present != server)
                return null;
            throw ApiRefusal.Unreachable(present, error);
        }
    }

    private async Task Wait(HttpResponseMessage? response)
    {
        var pause = response?.Headers.RetryAfter?.Delta ?? Pause;
        present = server;
        if (TimeProvider.System.GetElapsedTime(started) + pause > patience)
            throw response is null
                ? new UserError($"{server}: the leader that it names does not answer; "
                    + "wait for another to take over, or raise --patience")
                : await ApiRefusal.Of(response, present, token is not null);
        if (!hasSaidThatItWaits)
            await Console.Error.WriteLineAsync($"{server}: nobody leads at the moment; waiting");
        hasSaidThatItWaits = true;
        await Task.Delay(pause, TimeProvider.System);
    }

    private Uri Next(Uri? location)
    {
        if (location is not { IsAbsoluteUri: true } || location.Scheme is not ("http" or "https"))
            throw new UserError($"{server}: it sends on to nowhere; see its 'advertise' setting");
        return Guarded(new Uri(location.GetLeftPart(UriPartial.Authority)));
    }

    // Whoever is on the way reads what goes without TLS.
    private Uri Guarded(Uri url) =>
        token is null || isInsecure || url.Scheme == "https" || Exposure.IsLocal(url.DnsSafeHost)
            ? url
            : throw new UserError(
                $"{url}: the token would cross the network in the clear; use https, "
                + "or override with --insecure", UserError.Usage);
}

/// <summary>An answer.</summary>
/// <param name="Age">How old a lighthouse's view is; null: it is fresh.</param>
/// <param name="IsInsecure">The server was started with --insecure.</param>
internal sealed record Heard(byte[] Json, TimeSpan? Age, bool IsInsecure)
{
    public T As<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Json, type) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw NotUnderstood(error);
        }
    }

    public static UserError NotUnderstood(JsonException error) => new(
        "the server's answer is not understood: is it a Mneme server of this version?",
        inner: error);
}
