using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mneme.Tests.Shared.Telemetry;

/// <summary>A receiver of OTLP over HTTP on a real port: it keeps what it is sent.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, Channel<byte[]>> messages = [];

    private Collector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapPost("/{**path}", Take);
    }

    public Uri Url => new(app.Urls.Single());

    public static async Task<Collector> Start()
    {
        var collector = new Collector();
        await collector.app.StartAsync();
        return collector;
    }

    public async Task<byte[]> Next(string path) => await Sent(path).Reader.ReadAsync();

    /// <summary>Everything that came so far.</summary>
    public byte[] Of(string path)
    {
        var all = new List<byte>();
        while (Sent(path).Reader.TryRead(out var message)) all.AddRange(message);
        return [.. all];
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private Channel<byte[]> Sent(string path) =>
        messages.GetOrAdd(path, _ => Channel.CreateUnbounded<byte[]>());

    private async Task Take(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        Sent(http.Request.Path).Writer.TryWrite(body.ToArray());
        http.Response.ContentType = "application/x-protobuf";
    }
}
