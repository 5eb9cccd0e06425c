using Mneme.Journal.Postgres;
using Mneme.Tests.Servers;
using Npgsql;

namespace Mneme.Tests.Conformance;

/// <summary>A database of a test's own on the run's server, or on one that the test restarts.
/// </summary>
internal sealed class PostgresSpace : IAsyncDisposable
{
    private readonly NpgsqlDataSource source;

    private PostgresSpace(string address)
    {
        Address = address;
        source = NpgsqlDataSource.Create(address);
    }

    public string Address { get; }

    public static Task<PostgresSpace> Create() => Create(LocalServers.Database);

    public static async Task<PostgresSpace> Create(Task<string> server)
    {
        var name = $"test_{Guid.NewGuid():N}";
        var settings = new NpgsqlConnectionStringBuilder(await server) { Pooling = false };
        await using (var all = NpgsqlDataSource.Create(settings.ConnectionString))
        await using (var create = all.CreateCommand($"CREATE DATABASE {name}"))
            await create.ExecuteNonQueryAsync();
        return new PostgresSpace(
            new NpgsqlConnectionStringBuilder(await server) { Database = name }.ConnectionString);
    }

    public Task<PostgresJournal> Open() => PostgresJournal.Open(Address);

    public ValueTask<NpgsqlConnection> Connect() => source.OpenConnectionAsync();

    /// <summary>The next call makes a new connection.</summary>
    public void Disconnect() => source.Clear();

    public async Task<object?> Run(string sql, params object[] values)
    {
        await using var command = source.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Until a query answers true.</summary>
    public Task Until(string sql) => Until(async () => await Run(sql) is true);

    public static Task Until(Func<bool> condition) => Until(() => Task.FromResult(condition()));

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition()) await timer.WaitForNextTickAsync(limit.Token);
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
