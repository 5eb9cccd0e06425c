using System.Text.Json;
using Microsoft.Data.Sqlite;
using Mneme.Messages;

namespace Mneme.Journal.Sqlite;

/// <summary>The journal in one file, for one coordinator: embedded, or a small lab.</summary>
public sealed class SqliteJournal : IJournal
{
    private readonly JournalThread thread;
    private readonly SqliteDatabase database;
    private readonly SqliteProjection projection;
    private readonly TimeProvider clock;
    private readonly string path;

    /// <summary>Opens or creates the file. Throws <see cref="JournalException"/> when it is none of
    /// ours, or of a later version.</summary>
    public SqliteJournal(string path, TimeProvider clock)
        : this(path, clock, new JournalThread()) { }

    private SqliteJournal(string path, TimeProvider clock, JournalThread thread)
    {
        (this.path, this.clock, this.thread) = (path, clock, thread);
        try
        {
            database = new SqliteDatabase(path);
            projection = new SqliteProjection(database);
            StoreId = new SqliteSchema(database, path).CreateOrCheck();
        }
        catch (SqliteException error)
        {
            thread.Dispose();
            throw new JournalException(
                $"{path}: cannot be used as a journal: {error.Message}", error);
        }
    }

    public Guid StoreId { get; }

    /// <summary>A journal that lives as long as the object, on the caller's own thread.</summary>
    public static SqliteJournal InMemory(TimeProvider clock) =>
        new(":memory:", clock, new JournalThread(inPlace: true));

    public async ValueTask<LeaderRow> Leader() =>
        await Do(() => database.Query(
            "SELECT epoch, node, incarnation, url, lease_until>$1 FROM leader",
            row => new LeaderRow(
                row.GetInt64(0),
                new Candidate(row.GetString(1), row.GetString(2), row.GetString(3)),
                row.GetBoolean(4)), Now())[0]);

    public async ValueTask<long?> TakeLead(Candidate who, TimeSpan lease) =>
        await Do(() => (long?)database.Scalar(
            """
            UPDATE leader SET epoch=epoch+1, node=$1, incarnation=$2, url=$3, lease_until=$4
            WHERE lease_until<=$5 RETURNING epoch
            """, who.Node, who.Incarnation, who.Url, Now() + Ms(lease), Now()));

    public async ValueTask<bool> KeepLead(long leaderEpoch, TimeSpan lease) =>
        await Lead(leaderEpoch, () => database.Execute(
            "UPDATE leader SET lease_until=$1", Now() + Ms(lease)));

    public async ValueTask YieldLead(long leaderEpoch) =>
        await Lead(leaderEpoch, () => database.Execute("UPDATE leader SET lease_until=0"));

    public async ValueTask<Appended> Append(
        long leaderEpoch, string stream, IReadOnlyList<ExperimentEvent> events) =>
        await Do(() =>
        {
            var outcome = Appended.Deposed;
            database.Transaction(() =>
            {
                if (!Leads(leaderEpoch)) return false;
                outcome = Write(leaderEpoch, stream, events) ? Appended.Ok : Appended.Conflict;
                return outcome == Appended.Ok;
            });
            return outcome;
        });

    public async ValueTask<IReadOnlyList<ExperimentEvent>> Read(string stream) =>
        await Do(() => database.Query(
            "SELECT kind, payload FROM journal WHERE experiment=$1 ORDER BY seq",
            row => EventCodec.Decode(row.GetString(0), row.GetString(1)), stream));

    public async ValueTask<IReadOnlyList<ExperimentRow>> Experiments() =>
        await Do(() => database.Query(
            "SELECT experiment, state, numerics FROM experiment ORDER BY experiment",
            row => new ExperimentRow(row.GetString(0), row.GetString(1), row.GetString(2))));

    public async ValueTask<IReadOnlyList<ResultRow>> Results(string experiment) =>
        await Do(() => database.Query(
            """
            SELECT path, from_step, to_step, segment, epoch, diverged_at, chain, steps, points
            FROM result WHERE experiment=$1 ORDER BY path, from_step
            """, ReadResult, experiment));

    public async ValueTask<IReadOnlyList<AttemptRow>> Attempts(string experiment) =>
        await Do(() => database.Query(
            """
            SELECT segment, epoch, session, cause FROM attempt WHERE experiment=$1
            ORDER BY segment, epoch
            """,
            row => new AttemptRow(
                row.GetInt32(0), row.GetInt64(1), row.GetString(2), Text(row, 3)),
            experiment));

    public async ValueTask<bool> OpenSessions(
        long leaderEpoch, IReadOnlyCollection<SessionRow> sessions, TimeSpan lease) =>
        await Lead(leaderEpoch, () =>
        {
            foreach (var session in sessions)
                database.Execute(
                    """
                    INSERT OR REPLACE INTO session
                      (session, node, state, lease_until, box, slots, numerics)
                    VALUES ($1, $2, 'live', $3, $4, $5, $6)
                    """,
                    session.Id, session.Node, Now() + Ms(lease), session.Box, session.Slots,
                    session.Numerics);
        });

    public async ValueTask<bool> Renew(
        long leaderEpoch, IReadOnlyCollection<string> sessions, TimeSpan lease) =>
        await Lead(leaderEpoch, () =>
        {
            foreach (var session in sessions)
                database.Execute(
                    "UPDATE session SET lease_until=$2 WHERE session=$1 AND state='live'",
                    session, Now() + Ms(lease));
        });

    public async ValueTask<bool> ExtendSessions(long leaderEpoch, TimeSpan lease) =>
        await Lead(leaderEpoch, () => database.Execute(
            """
            UPDATE session SET lease_until=$2
            WHERE state='live' AND lease_until>=$1 AND lease_until<$2
            """, Now(), Now() + Ms(lease)));

    public async ValueTask<bool> CloseSession(long leaderEpoch, string session) =>
        await Lead(leaderEpoch, () => database.Execute(
            "UPDATE session SET state='closed' WHERE session=$1", session));

    public async ValueTask<IReadOnlyList<SessionRow>> LiveSessions() =>
        await Do(() => database.Query(
            """
            SELECT session, node, box, slots, numerics FROM session
            WHERE state='live' AND lease_until>=$1 ORDER BY session
            """,
            row => new SessionRow(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3),
                row.GetString(4)), Now()));

    public async ValueTask<bool> PutCredential(long leaderEpoch, CredentialRow credential) =>
        await Lead(leaderEpoch, () => database.Execute(
            "INSERT OR REPLACE INTO credential VALUES ($1, $2, $3, $4, $5, $6)",
            credential.Hash, credential.Name, credential.Role, credential.Scope,
            credential.Expires.ToUnixTimeMilliseconds(), credential.IsRevoked));

    public async ValueTask<IReadOnlyList<CredentialRow>> Credentials() =>
        await Do(() => database.Query(
            "SELECT hash, name, role, scope, expires, revoked FROM credential ORDER BY name, hash",
            row => new CredentialRow(
                row.GetString(0), row.GetString(1), row.GetString(2), Text(row, 3),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)), row.GetBoolean(5))));

    /// <summary>A file has one history: nobody promotes a copy of it.</summary>
    public ValueTask<Timeline> Timeline() =>
        ValueTask.FromResult(new Timeline(StoreId.ToString("N"), 1, 1));

    public ValueTask<bool> AcceptTimeline(long leaderEpoch, long timeline) =>
        ValueTask.FromResult(true);

    public async ValueTask<IReadOnlyList<string>> Verify(string experiment) =>
        await Do<IReadOnlyList<string>>(() =>
        [
            .. JournalRules.All.SelectMany(rule => database.Query(
                rule.Query, row => JournalRules.Text(rule.Fault, row.GetInt64(0)), experiment)),
        ]);

    public async ValueTask DisposeAsync()
    {
        await Do(() => { database.Dispose(); return 0; });
        thread.Dispose();
    }

    private async Task<T> Do<T>(Func<T> action)
    {
        try { return await thread.Do(action); }
        catch (Exception error) when (error is SqliteException or JsonException)
        {
            throw new JournalException($"{path}: {error.Message}", error);
        }
    }

    private Task<bool> Lead(long leaderEpoch, Action write) =>
        Do(() => database.Transaction(() =>
        {
            if (!Leads(leaderEpoch)) return false;
            write();
            return true;
        }));

    private bool Leads(long epoch) =>
        database.Scalar("SELECT 1 FROM leader WHERE epoch=$1", epoch) is not null;

    private bool Write(long leaderEpoch, string experiment, IReadOnlyList<ExperimentEvent> events)
    {
        var seq = (long)database.Scalar(
            "SELECT coalesce(max(seq), 0) FROM journal WHERE experiment=$1", experiment)!;
        foreach (var happened in events)
        {
            if (!projection.Apply(experiment, leaderEpoch, happened)) return false;
            var (kind, payload) = EventCodec.Encode(happened);
            database.Execute("INSERT INTO journal VALUES ($1, $2, $3, $4, $5, $6)",
                experiment, ++seq, leaderEpoch, kind, payload, Now());
        }
        return true;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static long Ms(TimeSpan span) => (long)span.TotalMilliseconds;

    private static string? Text(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    private static ResultRow ReadResult(SqliteDataReader row) => new(
        row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.GetInt64(4),
        new LaneResult(
            row.GetInt32(0), row.IsDBNull(5) ? null : row.GetInt64(5), row.GetString(6),
            new PackedPoints(row.GetFieldValue<byte[]>(7), row.GetFieldValue<byte[]>(8))));
}
