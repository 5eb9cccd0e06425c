using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Mneme.Configuration;

namespace Mneme.Web;

/// <summary>A web server that reads no settings but its own, and has a limit on everything.
/// </summary>
internal static class Listener
{
    /// <summary>Of a request; what takes blobs says otherwise for itself.</summary>
    public const long BodyBytes = 1 << 20;

    private const int Connections = 2000;
    private const int HeaderBytes = 16 * 1024;
    private const int Headers = 64;
    private const int LineBytes = 8 * 1024;
    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(75);
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(5);

    /// <exception cref="CannotListen"/>
    public static WebApplication Build(NodeConfiguration settings)
    {
        var (address, certificate) = (AddressOf(settings.Listen), CertificateOf(settings));
        // Empty: no settings files, no variables of the framework, no log providers.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopsWithin);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(server =>
        {
            Limit(server);
            server.Listen(address, settings.Listen.Port, listen =>
            {
                if (certificate is not null) listen.UseHttps(certificate);
            });
        });
        return builder.Build();
    }

    private static void Limit(KestrelServerOptions server)
    {
        server.AddServerHeader = false;
        server.Limits.MaxRequestBodySize = BodyBytes;
        server.Limits.MaxConcurrentConnections = Connections;
        server.Limits.MaxRequestHeadersTotalSize = HeaderBytes;
        server.Limits.MaxRequestHeaderCount = Headers;
        server.Limits.MaxRequestLineSize = LineBytes;
        server.Limits.RequestHeadersTimeout = HeadersWithin;
        server.Limits.KeepAliveTimeout = KeepAlive;
        server.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
    }

    private static IPAddress AddressOf(Uri listen)
    {
        var host = listen.DnsSafeHost;
        if (host == "localhost") return IPAddress.Loopback;
        if (IPAddress.TryParse(host, out var address)) return address;
        try
        {
            return Dns.GetHostAddresses(host)[0];
        }
        catch (System.Net.Sockets.SocketException error)
        {
            throw new CannotListen($"listen: {host} has no address ({error.Message})", error);
        }
    }

    private static HttpsConnectionAdapterOptions? CertificateOf(NodeConfiguration settings)
    {
        if (settings.Listen.Scheme != "https") return null;
        var (certificate, key) = (settings.TlsCertificate, settings.TlsKey);
        try
        {
            if (certificate is null || key is null)
                throw new CannotListen("listen is https: set tls.certificate and tls.key");
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificate);
            return new HttpsConnectionAdapterOptions
            {
                ServerCertificate = X509Certificate2.CreateFromPemFile(certificate, key),
                ServerCertificateChain = chain,
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException
            or CryptographicException or ArgumentException)
        {
            throw new CannotListen(
                $"tls.certificate {certificate} or tls.key {key} cannot be used: {error.Message}",
                error);
        }
    }

    // Signals are the program's affair.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
