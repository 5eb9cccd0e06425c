using Npgsql;

namespace Mneme.Journal.Postgres;

/// <summary>Statements about who leads. Time is the server's.</summary>
internal static class PostgresStatements
{
    /// <summary>The timeline as a number. The control file would show the old one for a while
    /// after a promotion; the name of the log's present file does not.</summary>
    public const string Timeline =
        "('x'||left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint";

    /// <summary>A timeline that is not known: any will do.</summary>
    public const long AnyTimeline = 0;

    /// <summary>What every write begins with. It holds the leader's row until the end, so that a
    /// take-over waits; and it asks for the timeline under which the lead was taken, since a
    /// promoted standby knows the epoch too.</summary>
    public static NpgsqlBatchCommand Leads(Lead lead) => PostgresDatabase.Statement(
        $"""
        SELECT demand(count(*)=1, '{PostgresFailure.Deposed}') FROM (
          SELECT 1 FROM leader WHERE id=1 AND epoch=$1 AND $2 IN (0, {Timeline})
          FOR KEY SHARE) AS held
        """, lead.Epoch, lead.Timeline);

    public const string Take =
        $"""
        UPDATE leader SET epoch=epoch+1, node=$1, incarnation=$2, url=$3,
          lease_until=clock_timestamp()+$4
        WHERE id=1 AND lease_until<=clock_timestamp() RETURNING epoch, {Timeline}
        """;

    public const string Keep =
        $"""
        UPDATE leader SET lease_until=clock_timestamp()+$3
        WHERE id=1 AND epoch=$1 AND $2 IN (0, {Timeline}) RETURNING epoch
        """;

    /// <summary>A leader that freezes while it sends a transaction would keep the rows, and its
    /// successor out: once its lease is over, its half-sent transactions are ended.</summary>
    public const string FreeWhatIsFrozen =
        $"""
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname=current_database() AND usename=current_user
          AND application_name='{PostgresFailure.Program}' AND wait_event='ClientRead'
          AND xact_start<clock_timestamp()-interval '3 s'
          AND EXISTS (SELECT 1 FROM leader WHERE lease_until<=clock_timestamp())
        """;
}

/// <summary>The right to write: an epoch, and the history in which it was given.</summary>
internal sealed record Lead(long Epoch, long Timeline);
