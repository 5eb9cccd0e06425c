using Mneme.Credentials;
using Mneme.Journal;

namespace Mneme.Coordinator.Leadership;

/// <summary>What bearers of tokens may do, as the journal said last.</summary>
/// <param name="root">The one that the settings name, or null.</param>
public sealed class KnownCredentials(CredentialRow? root)
{
    private volatile IReadOnlyList<CredentialRow> rows = [];

    public IReadOnlyList<CredentialRow> All => rows;

    public async Task Read(IJournal journal) => rows = await journal.Credentials();

    /// <summary>Null: the token proves nothing.</summary>
    public CredentialRow? Of(string token, DateTimeOffset now) =>
        CredentialCheck.Of(token, root is null ? rows : [.. rows, root], now);
}
