using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Mneme.Blobs.Http;

/// <summary>The blobs of a coordinator, seen from a worker. Each content is checked against its
/// name on arrival, whoever served it. What fails for want of a connection is tried again.
/// </summary>
public sealed class HttpBlobs : IBlobStore, IDisposable
{
    private readonly HttpClient client;
    private readonly Func<string?> token;
    private readonly Persistence persistence;
    private readonly Uri address;

    /// <param name="handler">How to connect: TLS, proxies, limits. It is disposed of with the
    /// store.</param>
    /// <param name="address">The coordinator's: <c>https://host:port</c>.</param>
    /// <param name="token">Asked for before each request, since tokens are renewed.</param>
    /// <param name="patience">For how long a lost connection is sought again; a minute unless
    /// given.</param>
    public HttpBlobs(
        HttpMessageHandler handler, Uri address, Func<string?> token, TimeProvider clock,
        TimeSpan? patience = null)
    {
        (this.address, this.token) = (address, token);
        persistence = new Persistence(address, clock, patience ?? TimeSpan.FromMinutes(1));
        // Silence is noticed piece by piece: a blob may take long.
        client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Connects directly, follows no one elsewhere with the token, unpacks nothing.
    /// </summary>
    public static SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
    };

    public async Task<BlobInfo> Put(Stream content, CancellationToken cancel = default)
    {
        await using var spool = await Spool.Of(content, cancel);
        return await persistence.Try(async attempt =>
        {
            using var request = Request(HttpMethod.Put, spool.Sha);
            // Who is refused hears so before the content is on its way.
            request.Headers.ExpectContinue = true;
            request.Content = new SpoolContent(spool, attempt.IsAlive);
            using var response = await Send(request, attempt.Cancel);
            Check(response, spool.Sha, spool.Size);
            return new BlobInfo(spool.Sha, spool.Size);
        }, cancel);
    }

    public async Task<byte[]> Get(Sha sha, CancellationToken cancel = default)
    {
        await using var stream = await Open(sha, cancel);
        if (stream.Length > Array.MaxLength) throw new BlobTooLarge(Array.MaxLength);
        var content = GC.AllocateUninitializedArray<byte>((int)stream.Length);
        await stream.ReadExactlyAsync(content, cancel);
        return content;
    }

    public Task<Stream> Open(Sha sha, CancellationToken cancel = default) =>
        persistence.Try(async attempt =>
        {
            using var request = Request(HttpMethod.Get, sha);
            using var response = await Send(request, attempt.Cancel);
            Check(response, sha, size: 0);
            await using var body = await response.Content.ReadAsStreamAsync(attempt.Cancel);
            var spool = await Spool.Arriving(
                body, response.Content.Headers.ContentLength, attempt.IsAlive, attempt.Cancel);
            if (spool.Sha == sha) return spool.Content;
            await spool.DisposeAsync();
            throw new BlobDamaged(sha, spool.Sha);
        }, cancel);

    public Task<bool> Has(Sha sha, long size, CancellationToken cancel = default) =>
        persistence.Try(async attempt =>
        {
            using var request = Request(HttpMethod.Head, sha, $"?{BlobProtocol.Size}={size}");
            using var response = await Send(request, attempt.Cancel);
            if (response.StatusCode == HttpStatusCode.NotFound) return false;
            Check(response, sha, size);
            return true;
        }, cancel);

    public IAsyncEnumerable<StoredBlob> List(CancellationToken cancel = default) =>
        throw new NotSupportedException(Collecting);

    public Task<bool> Delete(
        Sha sha, DateTimeOffset untouchedSince, CancellationToken cancel = default) =>
        throw new NotSupportedException(Collecting);

    public void Dispose() => client.Dispose();

    private const string Collecting =
        "blobs are collected where they lie: by the coordinator, not over HTTP";

    private HttpRequestMessage Request(HttpMethod method, Sha sha, string query = "")
    {
        var request = new HttpRequestMessage(
            method, new Uri(address, BlobProtocol.Path + sha.Hex + query));
        if (token() is { } bearer)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return request;
    }

    private Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken cancel) =>
        client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);

    private void Check(HttpResponseMessage response, Sha sha, long size)
    {
        if (response.IsSuccessStatusCode) return;
        var status = (int)response.StatusCode;
        throw response.StatusCode switch
        {
            HttpStatusCode.NotFound => new BlobMissing(sha),
            HttpStatusCode.RequestEntityTooLarge => new BlobTooLarge(LimitOf(response) ?? size - 1),
            HttpStatusCode.InsufficientStorage => new BlobStoreFull($"{address}"),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new BlobStoreUnusable(
                $"{address} refuses this node's token for blobs ({status}): it is unknown, "
                + "expired, revoked or of another role"),
            _ when Found(response) is { } found => new BlobDamaged(sha, found),
            _ when Persistence.MayPass(response.StatusCode) => new HttpRequestException(
                $"{address} answers {status}", null, response.StatusCode),
            _ => new BlobStoreUnusable($"{address} answers {status} to a blob's request"),
        };
    }

    private static Sha? Found(HttpResponseMessage response) =>
        Sha.TryParse(Header(response, BlobProtocol.FoundHeader), out var sha) ? sha : null;

    private static long? LimitOf(HttpResponseMessage response) =>
        long.TryParse(
            Header(response, BlobProtocol.LimitHeader), NumberStyles.None,
            CultureInfo.InvariantCulture, out var limit) ? limit : null;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First() : null;
}
