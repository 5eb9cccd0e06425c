using Npgsql;

namespace Mneme.Journal.Postgres;

/// <summary>What the journal demands of its connections, whatever else the operator has set.
/// </summary>
internal static class PostgresSettings
{
    // A server that is gone is noticed by whichever comes first.
    public const int AnswerSeconds = 5;
    private const int ConnectSeconds = 4;
    private const int AskToCancel = -1; // no: who does not answer does not cancel either

    // A server takes 100 by default; there are standbys too.
    private const int MostConnections = 40;

    // A lock is waited for no longer than the answer is; a transaction left open frees its rows;
    // what was answered survives a loss of power, whatever the server does for others.
    private const string OnServer =
        "-c default_transaction_isolation=read\\ committed "
        + "-c idle_in_transaction_session_timeout=3000 -c lock_timeout=3000 "
        + "-c synchronous_commit=on";

    /// <exception cref="JournalException">The text is no connection string.</exception>
    public static NpgsqlConnectionStringBuilder Of(string connection)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connection)
            {
                ApplicationName = PostgresFailure.Program,
                Timeout = ConnectSeconds,
                CommandTimeout = AnswerSeconds,
                CancellationTimeout = AskToCancel,
                MaxPoolSize = MostConnections,
                MaxAutoPrepare = 60,
                AutoPrepareMinUsages = 2,
                NoResetOnClose = true,   // no call changes its connection
                Enlist = false,
                HostRecheckSeconds = 1,
            };
            settings.Options = $"{settings.Options} {OnServer}".Trim();
            if (string.IsNullOrEmpty(settings.Database)) settings.Database = settings.Username;
            return settings;
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            // The text may hold a password, and so may the error.
            throw new JournalException(
                "the address of the database is no connection string; write it as "
                + "\"Host=db1;Database=mneme;Username=mneme;Password=...\"");
        }
    }

    /// <summary>Of several hosts, the one that takes writes.</summary>
    public static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder settings)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        return settings.Host?.Contains(',') == true
            ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary)
            : builder.Build();
    }
}
