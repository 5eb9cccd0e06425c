using Mneme.Journal;
using Mneme.Journal.Postgres;
using Mneme.Tests.Coordinator.Experiments;
using Npgsql;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Conformance;

/// <summary>Several coordinators on one database: only one of them can write.</summary>
public sealed class PostgresFenceTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private PostgresSpace space = null!;
    private PostgresJournal first = null!, second = null!;
    private long epoch;

    public async Task InitializeAsync()
    {
        space = await PostgresSpace.Create();
        (first, second) = (await space.Open(), await space.Open());
        epoch = (long)(await first.TakeLead(new("first", "life", ""), TimeSpan.Zero))!;
    }

    public async Task DisposeAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
        await space.DisposeAsync();
    }

    [Fact]
    public async Task Coordinators_that_start_at_once_make_one_store()
    {
        await using var empty = await PostgresSpace.Create();
        var journals = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => empty.Open()));

        journals.Select(journal => journal.StoreId).Distinct().Count().ShouldBe(1);
        foreach (var journal in journals) await journal.DisposeAsync();
    }

    [Fact]
    public async Task Two_journals_on_one_database_fence_each_other()
    {
        await Submit(first, epoch);
        var later = (long)(await second.TakeLead(new("second", "life", ""), Lease))!;

        (await Grant(first, epoch)).ShouldBe(Appended.Deposed);
        (await first.KeepLead(epoch, Lease)).ShouldBeFalse();
        (await Grant(second, later)).ShouldBe(Appended.Ok);
        (await first.TakeLead(new("first", "life", ""), Lease)).ShouldBeNull();
    }

    [Fact]
    public async Task Of_many_who_want_the_lead_at_once_one_gets_it()
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() =>
            (i % 2 == 0 ? first : second).TakeLead(new($"{i}", "life", ""), Lease).AsTask())));

        taken.OfType<long>().ShouldBe([epoch + 1]);
    }

    [Fact]
    public async Task A_take_over_waits_for_a_running_commit_and_a_renewal_does_not()
    {
        await Submit(first, epoch);
        await using var other = await space.Connect();
        await using var transaction = await other.BeginTransactionAsync();
        await Run(other, "SELECT 1 FROM segment FOR UPDATE");
        var commit = Grant(first, epoch).AsTask(); // has the leader's row, waits for the segment's
        await space.Until(Waiting(1));

        (await first.KeepLead(epoch, TimeSpan.Zero)).ShouldBeTrue();
        var taking = second.TakeLead(new("second", "life", ""), Lease).AsTask();
        await space.Until(Waiting(2));
        taking.IsCompleted.ShouldBeFalse();

        await transaction.RollbackAsync();
        (await commit).ShouldBe(Appended.Ok);
        (await taking).ShouldBe(epoch + 1);
    }

    [Fact]
    public async Task What_a_frozen_leader_holds_is_freed_when_its_lease_is_over()
    {
        var settings = new NpgsqlConnectionStringBuilder(space.Address)
        {
            ApplicationName = "mneme",
        };
        await using var source = NpgsqlDataSource.Create(settings.ConnectionString);
        await using var frozen = await source.OpenConnectionAsync();
        await using var transaction = await frozen.BeginTransactionAsync();
        await Run(frozen, $"SELECT 1 FROM leader WHERE epoch={epoch} FOR KEY SHARE");
        await space.Until("""
            SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE application_name='mneme'
              AND datname=current_database() AND xact_start<clock_timestamp()-interval '3.1 s')
            """);

        (await second.TakeLead(new("second", "life", ""), Lease)).ShouldBe(epoch + 1);
        await Should.ThrowAsync<NpgsqlException>(() => transaction.CommitAsync());
    }

    [Fact]
    public async Task A_commit_that_waits_too_long_for_a_row_is_of_unknown_outcome()
    {
        await Submit(first, epoch);
        await using var other = await space.Connect();
        await using var transaction = await other.BeginTransactionAsync();
        await Run(other, "SELECT 1 FROM segment FOR UPDATE");

        await Should.ThrowAsync<JournalUnavailable>(() => Grant(first, epoch).AsTask());

        await transaction.RollbackAsync();
        (await Grant(first, epoch)).ShouldBe(Appended.Ok);
        (await first.Verify("sample")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_write_of_many_events_is_one_message()
    {
        await using var path = new SilencedPath(new(space.Address));
        await using var journal = await PostgresJournal.Open(path.Address);
        await Submit(journal, epoch);
        (await Grant(journal, epoch)).ShouldBe(Appended.Ok);
        for (var granted = 2; granted < 12; granted += 2)
        {
            var before = path.Messages;
            (await journal.Append(epoch, "sample",
            [
                new SegmentReturned(0, granted - 1, "drained", "", Counted: false),
                new SegmentGranted(0, granted, "s"),
                new SegmentReturned(0, granted, "drained", "", Counted: false),
                new SegmentGranted(0, granted + 1, "s"),
            ])).ShouldBe(Appended.Ok);
            (path.Messages - before).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_database_restored_elsewhere_has_a_history_to_deal_with()
    {
        await space.Run("UPDATE meta SET sys='another'");
        var history = await first.Timeline();
        history.Accepted.ShouldNotBe(history.Current);

        (await first.AcceptTimeline(epoch, history.Current)).ShouldBeTrue();
        (await first.Timeline()).Accepted.ShouldBe(history.Current);
    }

    // Statements of this database that wait for a row.
    private static string Waiting(int count) =>
        $"""
        SELECT count(*)={count} FROM pg_stat_activity
        WHERE datname=current_database() AND wait_event_type='Lock'
        """;

    private static async Task Run(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task Submit(PostgresJournal journal, long epoch) =>
        (await journal.Append(epoch, "sample",
            [Samples.Submitted(Samples.Plan(trials: 2, lanes: 2, steps: 20, segment: 10))]))
            .ShouldBe(Appended.Ok);

    private static ValueTask<Appended> Grant(PostgresJournal journal, long epoch) =>
        journal.Append(epoch, "sample", [new SegmentGranted(0, 1, "s")]);
}
