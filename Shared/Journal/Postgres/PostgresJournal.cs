using Mneme.Messages;
using Npgsql;
using static Mneme.Journal.Postgres.PostgresDatabase;

namespace Mneme.Journal.Postgres;

/// <summary>The journal in PostgreSQL, for a cluster: coordinators on several machines, of which
/// one leads. Calls may run beside each other; each is one message to the server, but for
/// <see cref="TakeLead"/>.</summary>
public sealed class PostgresJournal : IJournal
{
    private readonly PostgresDatabase database;
    private Lead? taken;

    private PostgresJournal(PostgresDatabase database, Guid storeId) =>
        (this.database, StoreId) = (database, storeId);

    public Guid StoreId { get; }

    /// <summary>Connects, and makes the tables where there are none.</summary>
    /// <param name="connection">As Npgsql has it: <c>Host=db1;Database=mneme;...</c>; of several
    /// hosts, separated by commas, the one that takes writes is used.</param>
    /// <exception cref="JournalException">The database cannot be used as a journal.</exception>
    /// <exception cref="JournalUnavailable">It does not answer now.</exception>
    public static async Task<PostgresJournal> Open(string connection)
    {
        var database = new PostgresDatabase(connection);
        try
        {
            return new PostgresJournal(
                database, await new PostgresSchema(database).CreateOrCheck());
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public async ValueTask<LeaderRow> Leader() => (await database.Query(
        """
        SELECT epoch, node, incarnation, url, lease_until>clock_timestamp() FROM leader
        """,
        row => new LeaderRow(
            row.GetInt64(0), new Candidate(row.GetString(1), row.GetString(2), row.GetString(3)),
            row.GetBoolean(4))))[0];

    public async ValueTask<long?> TakeLead(Candidate who, TimeSpan lease)
    {
        await database.Query(PostgresStatements.FreeWhatIsFrozen, row => row.GetBoolean(0));
        var lead = (await database.Query(
            PostgresStatements.Take, row => new Lead(row.GetInt64(0), row.GetInt64(1)),
            who.Node, who.Incarnation, who.Url, lease)).SingleOrDefault();
        if (lead is not null) Volatile.Write(ref taken, lead);
        return lead?.Epoch;
    }

    public async ValueTask<bool> KeepLead(long leaderEpoch, TimeSpan lease)
    {
        var lead = LeadOf(leaderEpoch);
        return (await database.Query(
            PostgresStatements.Keep, row => row.GetInt64(0), lead.Epoch, lead.Timeline, lease))
            .Count == 1;
    }

    public async ValueTask YieldLead(long leaderEpoch) =>
        await KeepLead(leaderEpoch, TimeSpan.Zero);

    public async ValueTask<Appended> Append(
        long leaderEpoch, string stream, IReadOnlyList<ExperimentEvent> events) =>
        await database.Write(
        [
            PostgresStatements.Leads(LeadOf(leaderEpoch)),
            // The events of a stream are numbered without gaps: one writer after the other.
            Statement("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", stream),
            .. events.Select(e => PostgresProjection.Of(stream, leaderEpoch, e))
                .OfType<NpgsqlBatchCommand>(),
            Entries(leaderEpoch, stream, [.. events.Select(EventCodec.Encode)]),
        ]);

    public async ValueTask<IReadOnlyList<ExperimentEvent>> Read(string stream) =>
        await database.Scan(
            "SELECT kind, payload::text FROM journal WHERE experiment=$1 ORDER BY seq",
            row => EventCodec.Decode(row.GetString(0), row.GetString(1)), stream);

    public async ValueTask<IReadOnlyList<ExperimentRow>> Experiments() => await database.Query(
        """SELECT experiment, state, numerics FROM experiment ORDER BY experiment COLLATE "C" """,
        row => new ExperimentRow(row.GetString(0), row.GetString(1), row.GetString(2)));

    public async ValueTask<IReadOnlyList<ResultRow>> Results(string experiment) =>
        await database.Scan(
            """
            SELECT path, from_step, to_step, segment, epoch, diverged_at, chain, steps, points
            FROM result WHERE experiment=$1 ORDER BY path, from_step
            """, ReadResult, experiment);

    public async ValueTask<IReadOnlyList<AttemptRow>> Attempts(string experiment) =>
        await database.Scan(
            """
            SELECT segment, epoch, session, cause FROM attempt WHERE experiment=$1
            ORDER BY segment, epoch
            """,
            row => new AttemptRow(
                row.GetInt32(0), row.GetInt64(1), row.GetString(2), Text(row, 3)), experiment);

    public ValueTask<bool> OpenSessions(
        long leaderEpoch, IReadOnlyCollection<SessionRow> sessions, TimeSpan lease) =>
        Write(leaderEpoch, Statement(
            """
            INSERT INTO session (session, node, state, lease_until, box, slots, numerics)
            SELECT session, node, 'live', clock_timestamp()+$1, box, slots, numerics
            FROM unnest($2, $3, $4, $5, $6) AS opened(session, node, box, slots, numerics)
            ON CONFLICT (session) DO UPDATE SET (node, state, lease_until, box, slots, numerics)
              = (excluded.node, 'live', excluded.lease_until, excluded.box, excluded.slots,
                 excluded.numerics)
            """, lease, sessions.Select(s => s.Id).ToArray(),
            sessions.Select(s => s.Node).ToArray(), sessions.Select(s => s.Box).ToArray(),
            sessions.Select(s => s.Slots).ToArray(), sessions.Select(s => s.Numerics).ToArray()));

    public ValueTask<bool> Renew(
        long leaderEpoch, IReadOnlyCollection<string> sessions, TimeSpan lease) =>
        Write(leaderEpoch, Statement(
            """
            UPDATE session SET lease_until=clock_timestamp()+$2
            WHERE session=ANY($1) AND state='live'
            """, sessions.ToArray(), lease));

    public ValueTask<bool> ExtendSessions(long leaderEpoch, TimeSpan lease) =>
        Write(leaderEpoch, Statement(
            """
            UPDATE session SET lease_until=clock_timestamp()+$1
            WHERE state='live' AND lease_until>=now() AND lease_until<now()+$1
            """, lease));

    public ValueTask<bool> CloseSession(long leaderEpoch, string session) =>
        Write(leaderEpoch, Statement(
            "UPDATE session SET state='closed' WHERE session=$1", session));

    public async ValueTask<IReadOnlyList<SessionRow>> LiveSessions() => await database.Query(
        """
        SELECT session, node, box, slots, numerics FROM session
        WHERE state='live' AND lease_until>=now() ORDER BY session COLLATE "C"
        """,
        row => new SessionRow(
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3),
            row.GetString(4)));

    public ValueTask<bool> PutCredential(long leaderEpoch, CredentialRow credential) =>
        Write(leaderEpoch, Statement(
            """
            INSERT INTO credential VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (hash) DO UPDATE SET (name, role, scope, expires, revoked)
              = (excluded.name, excluded.role, excluded.scope, excluded.expires, excluded.revoked)
            """, credential.Hash, credential.Name, credential.Role, credential.Scope,
            credential.Expires.ToUniversalTime(), credential.IsRevoked));

    public async ValueTask<IReadOnlyList<CredentialRow>> Credentials() => await database.Query(
        """
        SELECT hash, name, role, scope, expires, revoked FROM credential
        ORDER BY name COLLATE "C", hash
        """,
        row => new CredentialRow(
            row.GetString(0), row.GetString(1), row.GetString(2), Text(row, 3),
            row.GetFieldValue<DateTimeOffset>(4), row.GetBoolean(5)));

    /// <summary>A database that was restored elsewhere has not dealt with its history.</summary>
    public async ValueTask<Timeline> Timeline() => (await database.Query(
        $"""
        SELECT system_identifier::text, {PostgresStatements.Timeline},
          CASE WHEN sys=system_identifier::text THEN tl ELSE 0 END FROM meta, pg_control_system()
        """, row => new Timeline(row.GetString(0), row.GetInt64(1), row.GetInt64(2))))[0];

    public ValueTask<bool> AcceptTimeline(long leaderEpoch, long timeline) =>
        Write(leaderEpoch, Statement(
            """
            UPDATE meta SET tl=$1, sys=(SELECT system_identifier::text FROM pg_control_system())
            """, timeline));

    public async ValueTask<IReadOnlyList<string>> Verify(string experiment)
    {
        var faults = new List<string>();
        foreach (var rule in JournalRules.All)
            faults.AddRange(await database.Scan(
                rule.Query, row => JournalRules.Text(rule.Fault, row.GetInt64(0)), experiment));
        return faults;
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private async ValueTask<bool> Write(long leaderEpoch, NpgsqlBatchCommand statement) =>
        await database.Write(PostgresStatements.Leads(LeadOf(leaderEpoch)), statement)
            == Appended.Ok;

    // An epoch that another process took is judged by its number alone.
    private Lead LeadOf(long epoch) =>
        Volatile.Read(ref taken) is { } lead && lead.Epoch == epoch
            ? lead
            : new Lead(epoch, PostgresStatements.AnyTimeline);

    private static NpgsqlBatchCommand Entries(
        long leaderEpoch, string stream, (string Kind, string Payload)[] events) => Statement(
        """
        INSERT INTO journal
        SELECT $1, (SELECT coalesce(max(seq), 0) FROM journal WHERE experiment=$1) + number, $2,
          kind, payload::json, clock_timestamp()
        FROM unnest($3, $4) WITH ORDINALITY AS event(kind, payload, number)
        """, stream, leaderEpoch, events.Select(e => e.Kind).ToArray(),
        events.Select(e => e.Payload).ToArray());

    private static string? Text(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    private static ResultRow ReadResult(NpgsqlDataReader row) => new(
        row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.GetInt64(4),
        new LaneResult(
            row.GetInt32(0), row.IsDBNull(5) ? null : row.GetInt64(5), row.GetString(6),
            new PackedPoints(row.GetFieldValue<byte[]>(7), row.GetFieldValue<byte[]>(8))));
}
