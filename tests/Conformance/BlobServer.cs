using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Mneme.Blobs;
using Mneme.Blobs.Http;
using Mneme.Coordinator.Api;

namespace Mneme.Tests.Conformance;

/// <summary>The blob endpoints on a real port of loopback.</summary>
internal sealed class BlobServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private BlobServer(WebApplication app) => this.app = app;

    public Uri Url => new(app.Urls.Single() + "/");

    /// <param name="refuses">A status with which a request ends before it reaches the store; or
    /// an end of its connection, when it says so itself.</param>
    public static async Task<BlobServer> Start(
        IBlobStore store, BlobLimits? limits = null, Func<HttpContext, int?>? refuses = null,
        int port = 0, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        // As the coordinator has it: other bodies are small.
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols);
        });
        var app = builder.Build();
        app.Use((http, next) =>
        {
            if (refuses?.Invoke(http) is not { } status) return next(http);
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        BlobEndpoints.Map(app, store, limits ?? BlobLimits.Default);
        await app.StartAsync();
        return new BlobServer(app);
    }

    public HttpBlobs Client(string? token = null, TimeSpan? patience = null) => new(
        HttpBlobs.Handler(), Url, () => token, TimeProvider.System,
        patience ?? TimeSpan.FromSeconds(10));

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
