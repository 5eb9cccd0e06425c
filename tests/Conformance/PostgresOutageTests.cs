using Mneme.Journal;
using Mneme.Journal.Postgres;
using Mneme.Tests.Coordinator.Experiments;
using Mneme.Tests.Servers;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Conformance;

/// <summary>What the journal says and does when its server stops, is replaced or was never right.
/// </summary>
public sealed class PostgresOutageTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private readonly LocalServers servers = new();
    private PostgresSpace space = null!;
    private PostgresJournal journal = null!;
    private long epoch;

    public async Task InitializeAsync()
    {
        await servers.Start("database");
        space = await PostgresSpace.Create(
            Task.FromResult(servers.Address("MNEME_DATABASE")));
        journal = await space.Open();
        epoch = (long)(await journal.TakeLead(new("node", "life", ""), TimeSpan.Zero))!;
        var plan = Samples.Plan(trials: 2, lanes: 2, steps: 20, segment: 10);
        (await journal.Append(epoch, "sample", [Samples.Submitted(plan)])).ShouldBe(Appended.Ok);
    }

    public async Task DisposeAsync()
    {
        await journal.DisposeAsync();
        await space.DisposeAsync();
        await servers.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_was_killed_and_started_again_is_used_again()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => journal.Leader().AsTask()));
        await servers.Kill("database");
        var error = await Should.ThrowAsync<JournalUnavailable>(() => Grant(1).AsTask());
        error.Message.ShouldStartWith("PostgreSQL 127.0.0.1:");

        await servers.Start("database");
        (await Grant(1)).ShouldBe(Appended.Ok);
        (await journal.KeepLead(epoch, Lease)).ShouldBeTrue();
        (await journal.Verify("sample")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_restart_between_two_calls_costs_at_most_one_of_them()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => journal.Leader().AsTask()));
        await servers.Stop("database");
        await servers.Start("database");

        try { await journal.KeepLead(epoch, Lease); }
        catch (JournalUnavailable) { }
        (await Grant(1)).ShouldBe(Appended.Ok);
        (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => journal.Leader().AsTask())))
            .ShouldAllBe(leader => leader.Epoch == epoch);
    }

    [Fact]
    public async Task What_was_answered_before_a_kill_is_there_after_it()
    {
        var answered = 0L;
        using var end = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var next = 1L; !end.IsCancellationRequested;)
            {
                try
                {
                    next = await Present() + 1;
                    if (await Grant(next) == Appended.Ok) answered = next;
                }
                catch (JournalUnavailable) { await Task.Yield(); }
            }
        });
        for (var kill = 0; kill < 3; kill++)
        {
            var before = Volatile.Read(ref answered);
            await PostgresSpace.Until(() => Volatile.Read(ref answered) > before + 20);
            await servers.Kill("database");
            await servers.Start("database");
        }
        await end.CancelAsync();
        await writing;

        (await Present()).ShouldBeGreaterThanOrEqualTo(answered);
        (await journal.Verify("sample")).ShouldBeEmpty();
        (await journal.Read("sample")).OfType<SegmentGranted>().Select(e => e.Epoch)
            .ShouldBe(Enumerable.Range(1, (int)await Present()).Select(e => (long)e));
    }

    [Fact]
    public async Task A_promoted_standby_takes_no_write_of_who_led_before()
    {
        (await Grant(1)).ShouldBe(Appended.Ok);
        var folder = (string)(await space.Run("SHOW data_directory"))!;
        await servers.Stop("database");
        await File.WriteAllTextAsync(Path.Combine(folder, "standby.signal"), "");
        await servers.Start("database");
        await Should.ThrowAsync<JournalUnavailable>(() => Grant(2).AsTask());
        space.Disconnect();
        await space.Run("SELECT pg_promote()");
        await space.Until("SELECT NOT pg_is_in_recovery()");

        (await Grant(2)).ShouldBe(Appended.Deposed);
        (await journal.KeepLead(epoch, Lease)).ShouldBeFalse();
        var later = (long)(await journal.TakeLead(new("node", "life", ""), Lease))!;
        var history = await journal.Timeline();
        history.Current.ShouldBe(history.Accepted + 1);
        (await journal.AcceptTimeline(later, history.Current)).ShouldBeTrue();
        (await journal.Append(later, "sample", [new EpochsRaised(1_000_000)]))
            .ShouldBe(Appended.Ok);
        (await journal.Timeline()).ShouldBe(history with { Accepted = history.Current });
    }

    // The last epoch that the journal knows of.
    private async Task<long> Present() =>
        (await journal.Attempts("sample")).Select(attempt => attempt.Epoch).LastOrDefault();

    private ValueTask<Appended> Grant(long segmentEpoch) =>
        journal.Append(epoch, "sample", [new SegmentGranted(0, segmentEpoch, "s")]);
}
