using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mneme.Tests.Servers;
using Mneme.Transport;
using Mneme.Transport.RabbitMq;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Transport.RabbitMq;

/// <summary>amqps to a broker whose certificate a private authority has signed.</summary>
public sealed class BrokerTrustTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mneme trust ").FullName;
    private readonly X509Certificate2 authority = Authority("CN=mneme tests");

    public void Dispose()
    {
        authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_certificate_of_the_named_authority_is_trusted()
    {
        await using var link = await Connect(IPAddress.Loopback, authority);
        (await link.Send(Route.To(link.Box), new Frame(new byte[1]))).ShouldBe(Sent.Accepted);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        using var other = Authority("CN=mneme tests");
        (await Should.ThrowAsync<TransportUnavailable>(() => Connect(IPAddress.Loopback, other)))
            .Message.ShouldContain("cannot be trusted");
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_refused()
    {
        var elsewhere = IPAddress.Parse("192.0.2.7");
        (await Should.ThrowAsync<TransportUnavailable>(() => Connect(elsewhere, authority)))
            .Message.ShouldContain("cannot be trusted");
    }

    [Fact]
    public async Task A_private_authority_that_nobody_named_is_refused() =>
        (await Should.ThrowAsync<TransportUnavailable>(
            () => Connect(IPAddress.Loopback, trusted: null)))
            .Message.ShouldContain("cannot be trusted");

    private async Task<ILink> Connect(IPAddress host, X509Certificate2? trusted)
    {
        var space = await LocalServers.Broker();
        using var certificate = CertificateOf(host);
        var cable = Cable.To(space.Coordinator, out var wired, certificate);
        var url = new UriBuilder(wired) { Scheme = "amqps" }.Uri.ToString();
        var options = new RabbitMqOptions(url, BrokerRole.Coordinator)
        {
            CaFile = trusted is null ? null : Write(trusted),
        };
        try { return await new RabbitMqTransport(options).Connect(new Caller("node", "i")); }
        catch (TransportUnavailable)
        {
            cable.Dispose();
            throw;
        }
    }

    private string Write(X509Certificate2 trusted)
    {
        var path = Path.Combine(folder, "ca.pem");
        File.WriteAllText(path, trusted.ExportCertificatePem());
        return path;
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(true, false, 0, true));
        var (from, to) = Validity;
        return request.CreateSelfSigned(from, to);
    }

    private X509Certificate2 CertificateOf(IPAddress host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=broker", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(host);
        request.CertificateExtensions.Add(names.Build());
        var (from, to) = Validity;
        using var signed = request.Create(authority, from.AddHours(1), to.AddHours(-1), [1, 2, 3]);
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }

    private static (DateTimeOffset From, DateTimeOffset To) Validity =>
        (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
}
