using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Mneme.Blobs;
using Mneme.Blobs.Http;
using Mneme.Web;

namespace Mneme.Coordinator.Api;

/// <summary>Blobs over HTTP. A blob's address is its sha, so that what is asked for and what is
/// sent can be checked on both sides.</summary>
public static class BlobEndpoints
{
    /// <summary>Who may call them is the caller's to say.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, IBlobStore store) =>
        Map(endpoints, store, BlobLimits.Default);

    /// <inheritdoc cref="Map(IEndpointRouteBuilder, IBlobStore)"/>
    public static void Map(IEndpointRouteBuilder endpoints, IBlobStore store, BlobLimits limits)
    {
        const string path = BlobProtocol.Path + "{sha}";
        endpoints.MapGet(path, http => Answer(http, sha => Get(http, store, sha, limits)));
        endpoints.MapMethods(path, ["HEAD"], http => Answer(http, sha => Head(http, store, sha)));
        endpoints.MapPut(path, http => Answer(http, sha => Put(http, store, sha, limits)))
            .WithMetadata(new BodyLimit(null));
    }

    private static async Task Answer(HttpContext http, Func<Sha, Task> handle)
    {
        if (!Sha.TryParse(http.Request.RouteValues["sha"] as string, out var sha))
        {
            await Fault(http, StatusCodes.Status400BadRequest, "a sha is 64 digits of 0-9 and a-f");
            return;
        }
        try { await handle(sha); }
        catch (Exception error) when (!http.Response.HasStarted
            && error is BlobError or BodyMismatch or BodyCut)
        {
            if (error is BlobTooLarge large)
                http.Response.Headers[BlobProtocol.LimitHeader] = $"{large.Limit}";
            if (error is BlobDamaged damaged)
                http.Response.Headers[BlobProtocol.FoundHeader] = damaged.Found.Hex;
            await Fault(http, StatusOf(error), error.Message);
        }
    }

    private static async Task Get(
        HttpContext http, IBlobStore store, Sha sha, BlobLimits limits)
    {
        await using var content = await store.Open(sha, http.RequestAborted);
        // Whoever reads too slowly would keep the file open for ever.
        if (IsAlone(http) && http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = limits.Slowest;
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = content.Length;
        await content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    private static async Task Head(HttpContext http, IBlobStore store, Sha sha)
    {
        if (!long.TryParse(
            http.Request.Query[BlobProtocol.Size], NumberStyles.None,
            CultureInfo.InvariantCulture, out var size))
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
        else if (!await store.Has(sha, size, http.RequestAborted))
            http.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private static async Task Put(
        HttpContext http, IBlobStore store, Sha sha, BlobLimits limits)
    {
        if (http.Request.ContentLength is not { } length)
        {
            await Fault(http, StatusCodes.Status411LengthRequired,
                "the length of a blob must be declared: Content-Length");
            return;
        }
        if (http.Request.Headers.ContentEncoding.Count > 0)
        {
            await Fault(http, StatusCodes.Status415UnsupportedMediaType,
                "a blob is sent as it is, without Content-Encoding");
            return;
        }
        if (length > limits.Bytes) throw new BlobTooLarge(limits.Bytes);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } most)
            most.MaxRequestBodySize = limits.Bytes;
        if (IsAlone(http) && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = limits.Slowest;
        await using var body = new CheckedBody(http.Request.Body, sha, length);
        await store.Put(body, http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    // Requests that share a connection (HTTP/2) share the server's own limits.
    private static bool IsAlone(HttpContext http) => HttpProtocol.IsHttp11(http.Request.Protocol);

    private static int StatusOf(Exception error) => error switch
    {
        BlobMissing => StatusCodes.Status404NotFound,
        BlobTooLarge => StatusCodes.Status413PayloadTooLarge,
        BodyMismatch => StatusCodes.Status422UnprocessableEntity,
        BodyCut => StatusCodes.Status400BadRequest,
        BlobStoreFull => StatusCodes.Status507InsufficientStorage,
        BlobStoreUnusable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static Task Fault(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : http.Response.WriteAsync(text + "\n");
    }
}

/// <param name="Bytes">What one blob may have.</param>
/// <param name="Slowest">Who moves a blob more slowly is cut off.</param>
public sealed record BlobLimits(long Bytes, MinDataRate Slowest)
{
    public static BlobLimits Default { get; } = new(
        4L * 1024 * 1024 * 1024, new MinDataRate(4096, TimeSpan.FromSeconds(20)));
}
