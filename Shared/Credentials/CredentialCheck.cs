using System.Security.Cryptography;
using System.Text;
using Mneme.Journal;

namespace Mneme.Credentials;

/// <summary>Whether a token is known, and still good.</summary>
public static class CredentialCheck
{
    /// <summary>The credential that a token belongs to; null: unknown, expired or revoked. Takes as
    /// long for a nearly right token as for a wrong one.</summary>
    public static CredentialRow? Of(
        string token, IReadOnlyList<CredentialRow> known, DateTimeOffset now)
    {
        var hash = Encoding.ASCII.GetBytes(TokenHash.Of(token));
        CredentialRow? found = null;
        foreach (var row in known)
            if (CryptographicOperations.FixedTimeEquals(hash, Encoding.ASCII.GetBytes(row.Hash)))
                found = row;
        return found is { IsRevoked: false } && now < found.Expires ? found : null;
    }
}
