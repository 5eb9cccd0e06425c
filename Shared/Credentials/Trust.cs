using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mneme.Credentials;

/// <summary>Whose certificates are believed.</summary>
public static class Trust
{
    /// <summary>For calls to this cluster's servers. Redirections are the caller's affair: a token
    /// goes only where he means it to.</summary>
    /// <param name="authorities">PEM file; null: the system's.</param>
    /// <exception cref="InvalidDataException">The file holds no certificate.</exception>
    public static SocketsHttpHandler Handler(string? authorities) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = Of(authorities),
        },
    };

    private static X509ChainPolicy? Of(string? authorities)
    {
        if (authorities is null) return null;
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(authorities);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException
            or CryptographicException)
        {
            throw new InvalidDataException($"{authorities}: {error.Message}", error);
        }
        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw new InvalidDataException($"{authorities} holds no certificate");
    }
}
