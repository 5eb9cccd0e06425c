using System.Security.Cryptography;
using System.Text;
using Mneme.Journal;

namespace Mneme.Coordinator.Leadership;

/// <summary>What bearers of tokens may do, as the journal said last.</summary>
public sealed class Credentials
{
    private volatile IReadOnlyList<CredentialRow> rows = [];

    public IReadOnlyList<CredentialRow> All => rows;

    public async Task Read(IJournal journal) => rows = await journal.Credentials();

    /// <summary>The credential that a token proves; null: none, or one that is over.</summary>
    public CredentialRow? Find(string token, DateTimeOffset now)
    {
        var hash = HashOf(token);
        CredentialRow? found = null;
        foreach (var row in rows)
            if (CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(row.Hash), Encoding.ASCII.GetBytes(hash))) found = row;
        return found is { IsRevoked: false } && found.Expires > now ? found : null;
    }

    public static string HashOf(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
