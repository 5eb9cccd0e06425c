using System.Security.Cryptography;
using System.Text;
using Mneme.Configuration;

namespace Mneme.Credentials;

/// <summary>Tokens and the hashes by which they are known.</summary>
public static class TokenHash
{
    private const int TokenBytes = 32;
    private const string Prefix = "mneme_";   // so that scanners for leaked secrets can find it

    /// <summary>A new token of 256 random bits.</summary>
    public static Secret NewToken() => new(
        Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)));

    /// <summary>SHA-256, lower-case hexadecimal.</summary>
    public static string Of(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
