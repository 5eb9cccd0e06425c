using System.Text.RegularExpressions;

namespace Mneme.Journal.Postgres;

/// <summary>Makes the tables in a new database, and refuses those of another version.</summary>
internal sealed partial class PostgresSchema(PostgresDatabase database)
{
    private const int Version = 2;
    private const long Lock = 0x6D6E656D65; // "mneme"

    /// <returns>The store's id.</returns>
    /// <exception cref="JournalException">Another version made them, or the login may not.
    /// </exception>
    public async Task<Guid> CreateOrCheck()
    {
        if (!await Exists()) await Create();
        var version = (await database.Query(
            "SELECT schema_version FROM meta", row => row.GetInt32(0)))[0];
        return version == Version
            ? (await database.Query("SELECT store_id FROM meta", row => row.GetGuid(0)))[0]
            : throw new JournalException(
                $"{database.Name}: was set up by another version (schema {version}, this program "
                + $"knows {Version}). Start that version, or name another database");
    }

    private async Task<bool> Exists() =>
        (await database.Query(
            "SELECT to_regclass('meta') IS NOT NULL", row => row.GetBoolean(0)))[0];

    // Of two coordinators that start at once, the second waits for the lock and then finds a
    // table in its way, which says that the first one made them all.
    private async Task Create()
    {
        try
        {
            await database.Write(
            [
                PostgresDatabase.Statement("SELECT pg_advisory_xact_lock($1)", Lock),
                .. Script().Select(text => PostgresDatabase.Statement(text)),
                PostgresDatabase.Statement(
                    $"""
                    INSERT INTO meta SELECT 1, $1, gen_random_uuid(), system_identifier::text,
                      {PostgresStatements.Timeline} FROM pg_control_system()
                    """, Version),
            ]);
        }
        catch (JournalException)
        {
            if (!await Exists()) throw;
        }
    }

    private static string[] Script()
    {
        using var schema = typeof(PostgresSchema).Assembly
            .GetManifestResourceStream("Postgres.Schema.sql")!;
        var text = new StreamReader(schema).ReadToEnd();
        return [.. EndOfStatement().Split(text).Where(statement => statement != "")];
    }

    // The function's own lines end alike, but are followed by nothing of this.
    [GeneratedRegex(@";(?: *--.*)?\n(?=CREATE|INSERT|--|\z)")]
    private static partial Regex EndOfStatement();
}
