using Npgsql;

namespace Mneme.Journal.Postgres;

/// <summary>Connections to one database. Each call is one message and one transaction, whatever
/// the number of its statements; nothing is held between calls. Errors are the journal's.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    // The driver would go on to ask a silent server to cancel, and wait for that too.
    private static readonly TimeSpan Patience =
        TimeSpan.FromSeconds(PostgresSettings.AnswerSeconds + 1);

    private readonly NpgsqlDataSource source;

    /// <exception cref="JournalException">The text is no connection string.</exception>
    public PostgresDatabase(string connection)
    {
        var settings = PostgresSettings.Of(connection);
        // Of several hosts, each may have its own port.
        var host = settings.Host?.Contains(',') == true
            ? settings.Host : $"{settings.Host}:{settings.Port}";
        Name = $"PostgreSQL {host}/{settings.Database}";
        Login = settings.Username ?? "";
        source = PostgresSettings.Source(settings);
    }

    /// <summary>For errors: host and database, never the password.</summary>
    public string Name { get; }

    public string Login { get; }

    /// <summary>A statement whose parameters are $1, $2, ... in order.</summary>
    public static NpgsqlBatchCommand Statement(string sql, params ReadOnlySpan<object?> values)
    {
#pragma warning disable CA2100 // every statement is a constant of this folder
        var statement = new NpgsqlBatchCommand(sql);
#pragma warning restore CA2100
        foreach (var value in values)
            statement.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return statement;
    }

    /// <summary>All statements or none.</summary>
    /// <returns>Whether every demand in them was met.</returns>
    public async Task<Appended> Write(params IEnumerable<NpgsqlBatchCommand> statements)
    {
        try
        {
            await Execute(statements).WaitAsync(Patience);
            return Appended.Ok;
        }
        catch (PostgresException error) when (error.SqlState == PostgresFailure.Deposed)
        {
            return Appended.Deposed;
        }
        catch (PostgresException error) when (error.SqlState == PostgresFailure.Conflict)
        {
            return Appended.Conflict;
        }
        catch (Exception error) when (PostgresFailure.IsOne(error)) { throw Failed(error); }
    }

    public Task<List<T>> Query<T>(
        string sql, Func<NpgsqlDataReader, T> read, params object?[] values) =>
        Answered(Rows(sql, read, values).WaitAsync(Patience));

    /// <summary>For answers of any length: only silence is limited.</summary>
    public Task<List<T>> Scan<T>(
        string sql, Func<NpgsqlDataReader, T> read, params object?[] values) =>
        Answered(Rows(sql, read, values));

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private async Task<T> Answered<T>(Task<T> asked)
    {
        try { return await asked; }
        catch (Exception error) when (PostgresFailure.IsOne(error)) { throw Failed(error); }
    }

    private async Task<List<T>> Rows<T>(
        string sql, Func<NpgsqlDataReader, T> read, object?[] values)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Statement(sql, values));
        await using var rows = await batch.ExecuteReaderAsync();
        var list = new List<T>();
        while (await rows.ReadAsync()) list.Add(read(rows));
        return list;
    }

    private async Task Execute(IEnumerable<NpgsqlBatchCommand> statements)
    {
        // Without BEGIN a batch is one transaction, which the server ends by itself: nobody who
        // freezes in between can keep it open.
        await using var batch = source.CreateBatch();
        foreach (var statement in statements) batch.BatchCommands.Add(statement);
        await batch.ExecuteNonQueryAsync();
    }

    private JournalException Failed(Exception error)
    {
        var failure = PostgresFailure.Of(error, this);
        // The other idle connections lead to the same dead server.
        if (failure is JournalUnavailable) source.Clear();
        return failure;
    }
}
