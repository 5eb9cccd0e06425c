using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mneme.Journal;
using Mneme.Journal.Postgres;
using Npgsql;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Conformance;

/// <summary>A database that cannot be the journal says why in one line, without the password.
/// </summary>
public sealed class PostgresRefusalTests : IAsyncLifetime
{
    private PostgresSpace space = null!;

    public async Task InitializeAsync() => space = await PostgresSpace.Create();

    public async Task DisposeAsync() => await space.DisposeAsync();

    [Fact]
    public async Task Another_version_of_the_tables_is_refused()
    {
        await using (await space.Open()) { }
        await space.Run("UPDATE meta SET schema_version=99");

        (await Refusal(_ => { })).ShouldContain("another version (schema 99");
    }

    [Fact]
    public async Task Tables_of_another_program_are_left_alone()
    {
        await space.Run("CREATE TABLE session (id int)");
        (await Refusal(_ => { })).ShouldContain("Name an empty database");
        (await space.Run("SELECT to_regclass('meta') IS NULL")).ShouldBe(true);
    }

    [Fact]
    public async Task A_login_without_rights_is_told_what_to_grant()
    {
        var login = $"login_{Guid.NewGuid():N}";
        await space.Run($"CREATE ROLE {login} LOGIN PASSWORD 'hidden'");

        (await Refusal(settings => (settings.Username, settings.Password) = (login, "hidden")))
            .ShouldContain($"GRANT CREATE ON SCHEMA public TO {login}");
    }

    [Fact]
    public async Task A_wrong_password_and_a_missing_database_are_told_apart()
    {
        (await Refusal(settings => settings.Password = "hidden")).ShouldContain("pg_hba.conf");
        (await Refusal(settings => settings.Database = "nowhere")).ShouldContain("createdb");
    }

    [Fact]
    public async Task What_is_no_connection_string_is_not_repeated()
    {
        var error = await Should.ThrowAsync<JournalException>(
            () => PostgresJournal.Open("postgres://mneme:hidden@db1/mneme"));
        error.ToString().ShouldNotContain("hidden");
        error.Message.ShouldContain("Host=db1");
    }

    [Fact]
    public async Task Of_several_hosts_the_one_that_takes_writes_is_used_and_all_are_named()
    {
        var settings = new NpgsqlConnectionStringBuilder(space.Address);
        settings.Host = $"127.0.0.1:9,{settings.Host}:{settings.Port}";
        await using (var journal = await PostgresJournal.Open(settings.ConnectionString))
            (await journal.TakeLead(new("node", "life", ""), TimeSpan.Zero)).ShouldBe(1);

        settings.Host = "127.0.0.1:9,127.0.0.1:10";
        (await Should.ThrowAsync<JournalUnavailable>(
            () => PostgresJournal.Open(settings.ConnectionString)))
            .Message.ShouldStartWith($"PostgreSQL 127.0.0.1:9,127.0.0.1:10/{settings.Database} ");
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_noticed_within_seconds()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var watch = Stopwatch.StartNew();
        await Should.ThrowAsync<JournalUnavailable>(() => PostgresJournal.Open(
            $"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Username=mneme"));
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_noticed_within_seconds()
    {
        await using var path = new SilencedPath(new(space.Address));
        await using var journal = await PostgresJournal.Open(path.Address);
        await journal.Leader();

        path.FallSilent();
        var watch = Stopwatch.StartNew();
        await Should.ThrowAsync<JournalUnavailable>(() => journal.Leader().AsTask());
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(8));
    }

    private async Task<string> Refusal(Action<NpgsqlConnectionStringBuilder> change)
    {
        var settings = new NpgsqlConnectionStringBuilder(space.Address);
        change(settings);
        var error = await Should.ThrowAsync<JournalException>(
            () => PostgresJournal.Open(settings.ConnectionString));
        error.ShouldNotBeOfType<JournalUnavailable>();
        error.Message.ShouldStartWith(
            $"PostgreSQL {settings.Host}:{settings.Port}/{settings.Database}: ");
        error.Message.ShouldNotContain("hidden");
        error.Message.ShouldNotContain("\n");
        return error.Message;
    }
}
