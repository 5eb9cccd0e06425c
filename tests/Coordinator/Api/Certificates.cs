using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mneme.Tests.Shared.Results;

namespace Mneme.Tests.Coordinator.Api;

/// <summary>An authority of one test and a certificate of its for this machine, as PEM files.
/// </summary>
internal sealed class Certificates
{
    private static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow().AddDays(-1);

    public Certificates(TemporaryFolder folder)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest(
            "CN=test authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = authority.CreateSelfSigned(From, From.AddDays(9));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var own = request.Create(root, From, From.AddDays(8), [1, 2, 3]);
        Authority = Write(folder, "ca.pem", root.ExportCertificatePem());
        Certificate = Write(folder, "tls.crt", own.ExportCertificatePem());
        Key = Write(folder, "tls.key", key.ExportPkcs8PrivateKeyPem());
    }

    public string Authority { get; }
    public string Certificate { get; }
    public string Key { get; }

    private static string Write(TemporaryFolder folder, string name, string pem)
    {
        File.WriteAllText(folder.At(name), pem);
        return folder.At(name);
    }
}
