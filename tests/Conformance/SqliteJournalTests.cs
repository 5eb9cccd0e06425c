using Mneme.Journal;
using Mneme.Journal.Sqlite;
using Mneme.Tests.Shared.Actors;

namespace Mneme.Tests.Conformance;

public sealed class SqliteJournalTests : JournalConformance, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mneme-journal").FullName;
    private readonly VirtualClock clock = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    protected override Task<IJournal> Open() =>
        Task.FromResult<IJournal>(new SqliteJournal(Path.Combine(folder, "journal.db"), clock));

    protected override void Pass(TimeSpan time) => clock.Advance(time);
}
