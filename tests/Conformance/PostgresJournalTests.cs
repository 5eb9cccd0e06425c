using Mneme.Journal;

namespace Mneme.Tests.Conformance;

public sealed class PostgresJournalTests : JournalConformance
{
    private PostgresSpace? space;

    protected override async Task<IJournal> Open() =>
        await (space ??= await PostgresSpace.Create()).Open();

    // The server's clock cannot be moved; what is measured by it can.
    protected override async Task Pass(TimeSpan time)
    {
        await space!.Run("UPDATE leader SET lease_until=lease_until-$1", time);
        await space.Run("UPDATE session SET lease_until=lease_until-$1", time);
    }

    protected override async Task Closed() => await space!.DisposeAsync();
}
