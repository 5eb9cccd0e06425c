namespace Mneme.Journal.Sqlite;

/// <summary>Makes the tables in a new file, and brings those of an earlier version up to date.
/// </summary>
internal sealed class SqliteSchema(SqliteDatabase database, string path)
{
    private const int Version = 2;

    // What an older file lacks. An entry is never changed: there are files that went through it.
    private static readonly string[] FromVersion1 =
    [
        "ALTER TABLE leader ADD COLUMN url TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE leader ADD COLUMN lease_until INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE session ADD COLUMN box TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE session ADD COLUMN slots INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE session ADD COLUMN numerics TEXT NOT NULL DEFAULT ''",
        """
        CREATE TABLE credential (
          hash TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, scope TEXT,
          expires INTEGER NOT NULL, revoked INTEGER NOT NULL) WITHOUT ROWID
        """,
        "UPDATE meta SET schema_version=2",
    ];

    /// <returns>The store's id.</returns>
    /// <exception cref="JournalException">A later version wrote it.</exception>
    public Guid CreateOrCheck()
    {
        // Two processes may open one file at once: the second finds the work done.
        if (Found() is null) InTransaction(() => { if (Found() is null) Create(); });
        if (Found() == 1) InTransaction(() => { if (Found() == 1) Run(FromVersion1); });
        if (Found() is { } version and not Version)
            throw new JournalException(
                $"{path}: was written by another version (schema {version}, "
                + $"this program knows up to {Version})");
        return Guid.Parse((string)database.Scalar("SELECT store_id FROM meta")!);
    }

    private long? Found() =>
        database.Scalar("SELECT 1 FROM sqlite_master WHERE name='meta'") is null
            ? null
            : (long)database.Scalar("SELECT schema_version FROM meta")!;

    private void Create()
    {
        using var schema = typeof(SqliteSchema).Assembly
            .GetManifestResourceStream("Sqlite.Schema.sql")!;
        Run(new StreamReader(schema).ReadToEnd().Split(";\n"));
        database.Execute(
            "INSERT INTO meta VALUES (1, $1, $2)", Version, Guid.NewGuid().ToString("N"));
        database.Execute("INSERT INTO leader VALUES (1, 0, '', '', '', 0)");
    }

    private void Run(IEnumerable<string> statements)
    {
        foreach (var statement in statements)
            if (!string.IsNullOrWhiteSpace(statement)) database.Execute(statement);
    }

    private void InTransaction(Action work) =>
        database.Transaction(() => { work(); return true; });
}
