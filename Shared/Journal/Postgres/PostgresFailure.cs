using System.Text.Json;
using Npgsql;

namespace Mneme.Journal.Postgres;

/// <summary>What an error of the database means to the journal.</summary>
internal static class PostgresFailure
{
    /// <summary>How our connections are called on the server.</summary>
    public const string Program = "mneme";

    /// <summary>Raised by <c>demand</c> (Schema.sql).</summary>
    public const string Deposed = "MND01";

    /// <summary>Raised by <c>demand</c> (Schema.sql).</summary>
    public const string Conflict = "MND02";

    public static bool IsOne(Exception error) =>
        error is NpgsqlException or TimeoutException or IOException or JsonException;

    public static JournalException Of(Exception error, PostgresDatabase database) => error switch
    {
        PostgresException { SqlState: "42501" } e => new JournalException(
            $"{database.Name}: {e.MessageText}. Let {database.Login} own the database, or: "
            + $"GRANT CREATE ON SCHEMA public TO {database.Login}", e),
        PostgresException { SqlState: "3D000" } e => new JournalException(
            $"{database.Name}: there is no such database. Make it with: "
            + $"createdb --owner={database.Login} NAME", e),
        PostgresException e when e.SqlState.StartsWith("28", StringComparison.Ordinal) =>
            new JournalException(
                $"{database.Name}: {e.MessageText}. Check the login and its password, and "
                + "pg_hba.conf on the server", e),
        PostgresException { SqlState: "42P07" or "42P01" or "42703" } e => new JournalException(
            $"{database.Name}: {e.MessageText}: something else lives there. Name an empty "
            + "database, or add a Search Path to the connection string", e),
        PostgresException e when MayPass(e.SqlState) => new JournalUnavailable(
            $"{database.Name} does not serve now: {e.MessageText}", e),
        PostgresException e => new JournalException(
            $"{database.Name}: {e.MessageText} ({e.SqlState})", e),
        JsonException => new JournalException($"{database.Name}: {error.Message}", error),
        NpgsqlException { IsTransient: false, InnerException: not AggregateException } =>
            new JournalException($"{database.Name}: {Reason(error)}", error),
        _ => new JournalUnavailable($"{database.Name} does not answer: {Reason(error)}", error),
    };

    // Connections (08), a server that starts, stops or is replaced (57, 25006), locks and
    // timeouts (40, 55P03, 25P03), no room (53), input and output (58).
    private static bool MayPass(string state) =>
        state[..2] is "08" or "57" or "40" or "53" or "58"
        || state is "25006" or "55P03" or "25P03" or "55000";

    private static string Reason(Exception error) =>
        (error.InnerException ?? error).Message.ReplaceLineEndings(" ");
}
