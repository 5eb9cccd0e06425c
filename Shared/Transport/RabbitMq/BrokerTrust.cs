using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;

namespace Mneme.Transport.RabbitMq;

/// <summary>The broker's certificate must carry its name, and lead to an authority.</summary>
internal static class BrokerTrust
{
    public static SslOption Of(string host, string? caFile)
    {
        var option = new SslOption(host) { Enabled = true };
        if (caFile is null) return option;
        option.CertificateValidationCallback = (_, shown, sent, errors) =>
            (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == 0 &&
            shown is X509Certificate2 certificate && LeadsTo(caFile, certificate, sent);
        return option;
    }

    private static bool LeadsTo(string caFile, X509Certificate2 certificate, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // private authorities
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(caFile);  // publish no lists
        if (sent is not null)
            foreach (var element in sent.ChainElements)
                chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(certificate);
    }
}
