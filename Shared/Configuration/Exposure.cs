using System.Data.Common;
using System.Net;

namespace Mneme.Configuration;

/// <summary>Rule S1: what goes beyond this machine has TLS and credentials, or the process does not
/// start.</summary>
public static class Exposure
{
    /// <summary>What keeps a guess from ever being right.</summary>
    public const int ShortestToken = 32;

    public const string Banner =
        "INSECURE: this process was told to start although others may listen or enter:";

    /// <summary>One sentence each, with the setting and the remedy; none when all is well.
    /// </summary>
    public static IEnumerable<string> Faults(NodeConfiguration settings)
    {
        var faults = settings.Process == Processes.Worker ? [] : OfListener(settings).ToList();
        if (settings.Broker is { } broker) faults.AddRange(OfBroker(broker.Reveal()));
        if (settings.Database is { } database) faults.AddRange(OfDatabase(database.Reveal()));
        if (settings.Blobs is { } blobs && ConfigurationValues.HttpUrl(blobs) is { } store
            && store.Scheme == "http" && !IsLocal(store.DnsSafeHost))
            faults.Add($"blobs are on another machine ({store.Host}) without TLS: use https");
        return faults.Select(fault => $"{fault}, or override with --insecure");
    }

    private static IEnumerable<string> OfListener(NodeConfiguration settings)
    {
        var (hasFiles, isHttps) = (
            settings.TlsCertificate is not null && settings.TlsKey is not null,
            settings.Listen.Scheme == "https");
        if (isHttps && !hasFiles)
            yield return "listen is https without a certificate: set tls.certificate and tls.key";
        if (settings.Advertise.Scheme == "http" && !IsLocal(settings.Advertise.DnsSafeHost))
            yield return $"advertise is {settings.Advertise.Host} without TLS, so that tokens "
                + "would cross the network in the clear: use https";
        if (IsLocal(settings.Listen.DnsSafeHost)) yield break;
        var where = $"listen is {settings.Listen.Host}, which other machines reach,";
        if (!isHttps)
            yield return $"{where} without TLS: use https and set tls.certificate and tls.key";
        if (settings.Process == Processes.Serve && settings.Token is null)
            yield return $"{where} without credentials: set token or token_file";
        if (settings.Token is { Length: < ShortestToken })
            yield return $"{where} with a token of fewer than {ShortestToken} characters: "
                + "make one with 'openssl rand -hex 32'";
    }

    private static IEnumerable<string> OfBroker(string text)
    {
        var url = new Uri(text);
        if (IsLocal(url.DnsSafeHost)) yield break;
        if (url.Scheme != "amqps")
            yield return $"broker is on another machine ({url.Host}) without TLS: use amqps";
        if (!url.UserInfo.Contains(':') || url.UserInfo.StartsWith("guest:", IsOrdinal))
            yield return $"broker is on another machine ({url.Host}) without credentials of its "
                + "own: give the URL a user and a password, not guest";
    }

    private static IEnumerable<string> OfDatabase(string text)
    {
        var parts = Parse(text)!;
        var hosts = (Of(parts, "host", "server") ?? "localhost").Split(',')
            .Select(host => host.Trim().Split(':')[0]).Where(host => !IsLocal(host)).ToList();
        if (hosts.Count == 0) yield break;
        var where = $"database is on another machine ({string.Join(", ", hosts)})";
        if (Of(parts, "sslmode")?.ToLowerInvariant() is not ("verifyfull" or "verify-full"))
            yield return $"{where} without a verified certificate: add 'SSL Mode=VerifyFull'";
        if (Of(parts, "username", "userid", "user", "uid") is null
            || Of(parts, "password", "pwd", "passfile", "sslcertificate") is null)
            yield return $"{where} without credentials: add 'Username=...;Password=...'";
    }

    internal static bool IsBroker(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "amqp" or "amqps";

    internal static bool IsDatabase(string text) => Parse(text) is not null;

    private static Dictionary<string, string>? Parse(string text)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = text };
            return parts.Count == 0 ? null : parts.Keys.Cast<string>().ToDictionary(
                key => key.Replace(" ", "", IsOrdinal).ToLowerInvariant(),
                key => parts[key].ToString() ?? "");
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string? Of(Dictionary<string, string> parts, params string[] names) =>
        names.Select(name => parts.GetValueOrDefault(name))
            .FirstOrDefault(value => !string.IsNullOrEmpty(value));

    /// <summary>This machine and nobody else's: a loopback address, or a socket in a folder.
    /// </summary>
    public static bool IsLocal(string host) => host.StartsWith('/')
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address);

    private const StringComparison IsOrdinal = StringComparison.Ordinal;
}
