using Mneme.Journal;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Conformance;

/// <summary>What a cluster asks of its journal: leases, sessions, orders, histories.</summary>
public abstract partial class JournalConformance
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private static readonly Order Order = new("operator", "127.0.0.1", "why", "request");

    [Fact]
    public async Task Nobody_takes_the_lead_while_anothers_lease_runs()
    {
        var first = await Lead("first", Lease);

        (await Lead("second", Lease)).ShouldBeNull();
        (await journal.Leader()).ShouldBe(
            new LeaderRow((long)first!, new Candidate("first", "life", "https://first"), true));

        await Pass(Lease + TimeSpan.FromSeconds(1));
        (await journal.Leader()).IsRunning.ShouldBeFalse();
        (await Lead("second", Lease)).ShouldBe(first + 1);
        (await journal.Leader()).Who.Node.ShouldBe("second");
    }

    [Fact]
    public async Task A_kept_lead_runs_on_and_a_lost_one_cannot_be_kept()
    {
        var first = (long)(await Lead("first", Lease))!;
        await Pass(TimeSpan.FromSeconds(8));
        (await journal.KeepLead(first, Lease)).ShouldBeTrue();
        await Pass(TimeSpan.FromSeconds(8));
        (await Lead("second", Lease)).ShouldBeNull();

        await Pass(TimeSpan.FromSeconds(3));
        var second = (long)(await Lead("second", Lease))!;
        (await journal.KeepLead(first, Lease)).ShouldBeFalse();
        (await journal.KeepLead(second, Lease)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_yielded_lead_is_free_at_once_and_only_its_owner_can_yield_it()
    {
        var first = (long)(await Lead("first", Lease))!;
        await journal.YieldLead(first - 1);
        (await Lead("second", Lease)).ShouldBeNull();

        await journal.YieldLead(first);
        (await Lead("second", Lease)).ShouldBe(first + 1);
    }

    [Fact]
    public async Task A_deposed_leader_changes_no_session_credential_or_history()
    {
        await journal.OpenSessions(epoch, [Session("s")], Lease);
        await Lead("successor");

        (await journal.OpenSessions(epoch, [Session("late")], Lease)).ShouldBeFalse();
        (await journal.Renew(epoch, ["s"], Long)).ShouldBeFalse();
        (await journal.ExtendSessions(epoch, Long)).ShouldBeFalse();
        (await journal.CloseSession(epoch, "s")).ShouldBeFalse();
        (await journal.PutCredential(epoch, Credential("c"))).ShouldBeFalse();
        (await journal.LiveSessions()).ShouldBe([Session("s")]);
        (await journal.Credentials()).ShouldBeEmpty();
        await Pass(Lease + TimeSpan.FromSeconds(1));
        (await journal.LiveSessions()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Extending_keeps_the_living_alive_and_leaves_the_dead_dead()
    {
        await journal.OpenSessions(epoch, [Session("dead")], TimeSpan.FromSeconds(1));
        await journal.OpenSessions(epoch, [Session("long")], TimeSpan.FromSeconds(100));
        await journal.OpenSessions(epoch, [Session("short")], Lease);
        await Pass(TimeSpan.FromSeconds(5));

        (await journal.ExtendSessions(epoch, Long)).ShouldBeTrue();
        await Pass(TimeSpan.FromSeconds(50));
        (await journal.LiveSessions()).ShouldBe([Session("long"), Session("short")]);
        await Pass(TimeSpan.FromSeconds(20));
        (await journal.LiveSessions()).ShouldBe([Session("long")]);
    }

    [Fact]
    public async Task A_session_that_opens_again_has_its_new_mailbox_and_lease()
    {
        await journal.OpenSessions(epoch, [Session("s")], TimeSpan.FromSeconds(1));
        var moved = Session("s") with { Box = "box.2", Slots = 4, Numerics = "other" };
        (await journal.OpenSessions(epoch, [moved], Long)).ShouldBeTrue();

        await Pass(TimeSpan.FromSeconds(30));
        (await journal.LiveSessions()).ShouldBe([moved]);
    }

    [Fact]
    public async Task One_renewal_moves_every_named_session_and_no_other()
    {
        foreach (var id in new[] { "a", "b", "c" })
            await journal.OpenSessions(epoch, [Session(id)], Lease);
        (await journal.Renew(epoch, ["a", "c", "unknown"], Long)).ShouldBeTrue();

        await Pass(TimeSpan.FromSeconds(30));
        (await journal.LiveSessions()).ShouldBe([Session("a"), Session("c")]);
    }

    [Fact]
    public async Task Credentials_come_back_as_they_were_put_and_a_later_one_replaces()
    {
        var scoped = Credential("b") with { Scope = "worker-1", Role = "node" };
        await journal.PutCredential(epoch, scoped);
        await journal.PutCredential(epoch, Credential("a"));
        (await journal.Credentials()).ShouldBe([Credential("a"), scoped]);

        (await journal.PutCredential(epoch, scoped with { IsRevoked = true })).ShouldBeTrue();
        (await journal.Credentials())[1].ShouldBe(scoped with { IsRevoked = true });
    }

    [Fact]
    public async Task Experiments_are_listed_by_name_with_their_state_and_numerics()
    {
        await Submit();
        await journal.Append(epoch, "Another", [Submission() with { Numerics = "" }]);
        await journal.Append(epoch, "Another", [new NumericsBound("late")]);
        await Ok(new ExperimentHeld(Pause: true, Order));

        (await journal.Experiments()).ShouldBe(
        [
            new ExperimentRow("Another", "active", "late"),
            new ExperimentRow("sample", "held", "numerics"),
        ]);
    }

    [Fact]
    public async Task Numerics_are_bound_once()
    {
        await Submit();
        await Conflicts(new NumericsBound("other"));
    }

    [Fact]
    public async Task An_experiment_is_held_resumed_and_completed_in_that_order_only()
    {
        await Submit();
        await Conflicts(new ExperimentResumed(Order));
        await Ok(new ExperimentHeld(Pause: false, Order));
        await Conflicts(new ExperimentHeld(Pause: true, Order));
        await Ok(new ExperimentResumed(Order));
        await Ok(new ExperimentCompleted());
        await Conflicts(new ExperimentCancelled(Order));

        (await journal.Experiments()).ShouldBe([new ExperimentRow("sample", "done", "numerics")]);
    }

    [Fact]
    public async Task A_held_experiment_still_takes_the_commits_of_what_runs()
    {
        await Submit();
        await Ok(new SegmentGranted(0, 1, "s"), new ExperimentHeld(Pause: true, Order));
        await Ok(Committed(0, 1, 0, 4, final: false));
    }

    [Fact]
    public async Task After_a_cancel_no_segment_commits_or_is_granted()
    {
        await Submit();
        await Ok(new SegmentGranted(0, 1, "s"));
        await Ok(new ExperimentCancelled(Order));

        await Conflicts(Committed(0, 1, 0, 10));
        await Conflicts(Committed(0, 2, 0, 10));
        await Conflicts(new SegmentGranted(0, 2, "s"));
        await Conflicts(new SegmentGranted(0, 3, "s"));
        await Conflicts(new ExperimentResumed(Order));
        (await journal.Results("sample")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_raised_epoch_fences_every_open_segment_and_no_committed_one()
    {
        await Submit();
        await Ok(new SegmentGranted(0, 1, "s"), Committed(0, 1, 0, 10));
        await Ok(new SegmentReady(1), new SegmentGranted(1, 1, "s"));
        await Ok(new EpochsRaised(1_000_000));

        await Conflicts(Committed(1, 1, 10, 20));
        await Conflicts(new SegmentGranted(1, 2, "s"));
        await Ok(new SegmentGranted(1, 1_000_002, "s"));
        await Ok(Committed(1, 1_000_002, 10, 20));
        (await journal.Verify("sample")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_quarantined_segment_waits_until_it_is_retried()
    {
        await Submit();
        await Conflicts(new SegmentRetried(0, Order));
        await Ok(new SegmentGranted(0, 1, "s"),
            new SegmentReturned(0, 1, "user_error", "text", Counted: true),
            new SegmentQuarantined(0, "user_error", "text"));
        await Conflicts(new SegmentGranted(0, 2, "s"));
        await Ok(new SegmentRetried(0, Order), new SegmentGranted(0, 2, "s"));
    }

    [Fact]
    public async Task Orders_about_the_cluster_have_a_stream_and_no_experiment()
    {
        var acted = new OperatorActed("drain", "worker-1", Order);
        (await journal.Append(epoch, OperatorActed.Stream, [acted])).ShouldBe(Appended.Ok);

        (await journal.Read(OperatorActed.Stream)).ShouldBe([acted]);
        (await journal.Experiments()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Appends_at_once_leave_a_stream_without_gaps()
    {
        await Submit();
        var acted = Enumerable.Range(0, 40).Select(i => new OperatorActed("drain", $"{i}", Order));
        var outcomes = await Task.WhenAll(acted.Select(e => Task.Run(
            () => journal.Append(epoch, "sample", [e, e]).AsTask())));

        outcomes.ShouldAllBe(outcome => outcome == Appended.Ok);
        (await journal.Read("sample")).Count.ShouldBe(81);
        (await journal.Verify("sample")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_new_store_has_dealt_with_its_history()
    {
        var history = await journal.Timeline();
        history.System.ShouldNotBeEmpty();
        history.Accepted.ShouldBe(history.Current);
        (await journal.AcceptTimeline(epoch, history.Current)).ShouldBeTrue();
        (await journal.Timeline()).ShouldBe(history);
    }

    private static CredentialRow Credential(string name) => new(
        $"hash of {name}", name, "viewer", Scope: null,
        new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero), IsRevoked: false);
}
