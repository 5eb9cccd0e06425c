using Microsoft.Data.Sqlite;
using Mneme.Journal;
using Mneme.Journal.Sqlite;
using Mneme.Messages;
using Mneme.Tests.Shared.Actors;
using Mneme.Tests.Tidy;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Conformance;

public sealed class SqliteJournalTests : JournalConformance, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mneme-journal").FullName;
    private readonly VirtualClock clock = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    protected override Task<IJournal> Open() =>
        Task.FromResult<IJournal>(new SqliteJournal(Path.Combine(folder, "journal.db"), clock));

    protected override Task Pass(TimeSpan time)
    {
        clock.Advance(time);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_file_of_version_1_opens_with_what_it_held_and_can_do_what_is_new()
    {
        var file = Path.Combine(folder, "old.db");
        await Write(file, await File.ReadAllTextAsync(Golden("sqlite-1.sql")));

        for (var opened = 0; opened < 2; opened++)
        {
            await using var old = new SqliteJournal(file, clock);
            old.StoreId.ShouldBe(Guid.Parse("0123456789abcdef0123456789abcdef"));
            (await old.Verify("sample")).ShouldBeEmpty();
            (await old.Read("sample")).OfType<SegmentGranted>().Count().ShouldBe(2);
            (await old.Experiments()).ShouldBe([new("sample", "active", "numerics")]);
            var epoch = (long)(await old.TakeLead(new("node", "life", "url"), TimeSpan.Zero))!;
            epoch.ShouldBe(4 + opened);
            (await old.Append(epoch, "sample", [new EpochsRaised(1)])).ShouldBe(Appended.Ok);
            var session = new SessionRow($"s{opened}", "node", "box", 2, "class");
            (await old.OpenSessions(epoch, [session], TimeSpan.FromMinutes(1))).ShouldBeTrue();
            (await old.LiveSessions()).ShouldContain(session);
            (await old.Credentials()).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_file_of_a_later_version_is_refused_and_not_touched()
    {
        var file = Path.Combine(folder, "new.db");
        await new SqliteJournal(file, clock).DisposeAsync();
        await Write(file, "UPDATE meta SET schema_version=99");

        Should.Throw<JournalException>(() => new SqliteJournal(file, clock))
            .Message.ShouldBe($"{file}: was written by another version (schema 99, this program "
                + "knows up to 2)");
    }

    private static string Golden(string name) =>
        Path.Combine(Repository.Root, "tests", "golden", "journals", name);

    private static async Task Write(string file, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var command = new SqliteCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
