using Npgsql;

namespace Mneme.Tests.Chaos;

/// <summary>What a cluster's database says. Every question waits until the database answers: it may
/// be the one that was killed.</summary>
internal sealed class Ledger(string database)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private readonly string address = new NpgsqlConnectionStringBuilder(database)
    {
        Pooling = false, Timeout = 5, CommandTimeout = 10,
    }.ConnectionString;

    public async Task<Lead> Leader() => (await Rows(
        "SELECT epoch, node, lease_until > now() FROM leader",
        row => new Lead(row.GetInt64(0), row.GetString(1), row.GetBoolean(2))))[0];

    /// <summary>Segments in the hands of sessions whose lease runs.</summary>
    public Task<List<Grant>> Held(string experiment) => Rows($"""
        SELECT g.segment, g.epoch, g.session, s.node FROM segment g JOIN session s USING (session)
        WHERE g.experiment = '{experiment}' AND g.state = 'leased' AND s.state = 'live'
          AND s.lease_until > now() ORDER BY g.segment
        """, row => new Grant(
            row.GetInt32(0), row.GetInt64(1), row.GetString(2), row.GetString(3)));

    public Task<List<string>> LiveNodes() => Rows(
        "SELECT node FROM session WHERE state = 'live' AND lease_until > now()",
        row => row.GetString(0));

    /// <summary>When another session got the last segment that a session was granted until some
    /// moment; null: none has.</summary>
    public async Task<DateTimeOffset?> PassedOn(
        string experiment, string session, DateTimeOffset? until = null)
    {
        var limit = until is { } moment ? $"{moment:O}" : "infinity";
        var found = await Rows($"""
            WITH granted AS (
              SELECT seq, at, (payload->>'segment')::int AS segment,
                     (payload->>'epoch')::bigint AS epoch, payload->>'session' AS session
              FROM journal WHERE experiment = '{experiment}' AND kind = 'segment-granted'),
            last AS (SELECT * FROM granted WHERE session = '{session}' AND at <= '{limit}'
              ORDER BY seq DESC LIMIT 1)
            SELECT min(g.at) FROM granted g JOIN last USING (segment) WHERE g.epoch > last.epoch
            """, row => row.IsDBNull(0)
                ? (DateTimeOffset?)null
                : new DateTimeOffset(row.GetDateTime(0)));
        return found[0];
    }

    public async Task<string> State(string experiment) => (await Rows(
        $"SELECT state FROM experiment WHERE experiment = '{experiment}'",
        row => row.GetString(0)))[0];

    public async Task<long> Count(string query) =>
        (await Rows($"SELECT count(*) FROM {query}", row => row.GetInt64(0)))[0];

    public async Task<List<T>> Rows<T>(string query, Func<NpgsqlDataReader, T> read)
    {
        List<T> rows = [];
        Exception? last = null;
        var answered = await Patience.Happens(async () =>
        {
            try
            {
                rows = await Ask(query, read);
                return true;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
            {
                last = e;
                return false;
            }
        }, Longest);
        return answered ? rows : throw new TimeoutException($"the database is silent: {last}");
    }

    private async Task<List<T>> Ask<T>(string query, Func<NpgsqlDataReader, T> read)
    {
        await using var connection = new NpgsqlConnection(address);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(query, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync()) rows.Add(read(reader));
        return rows;
    }
}

internal sealed record Lead(long Epoch, string Node, bool IsRunning);

internal sealed record Grant(int Segment, long Epoch, string Session, string Node);
