using Mneme.Coordinator.Experiments;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Tests.Coordinator.Experiments;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Conformance;

/// <summary>What every journal must do; a store joins by one subclass.</summary>
public abstract partial class JournalConformance : IAsyncLifetime
{
    private IJournal journal = null!;
    private long epoch;

    /// <summary>Opens the store that this test owns; a second call opens the same one
    /// again.</summary>
    protected abstract Task<IJournal> Open();

    /// <summary>Lets the store's own clock run.</summary>
    protected abstract Task Pass(TimeSpan time);

    public async Task InitializeAsync()
    {
        journal = await Open();
        epoch = (long)(await Lead("node"))!;
    }

    public async Task DisposeAsync()
    {
        await journal.DisposeAsync();
        await Closed();
    }

    protected virtual Task Closed() => Task.CompletedTask;

    [Fact]
    public async Task Events_are_read_in_the_order_in_which_they_were_appended()
    {
        await Submit();
        await Ok(new SegmentGranted(0, 1, "s"));
        await Ok(Committed(0, 1, 0, 10), new SegmentReady(1), new SegmentGranted(1, 1, "s"));

        string[] kinds =
        [
            "ExperimentSubmitted", "SegmentGranted", "SegmentCommitted", "SegmentReady",
            "SegmentGranted",
        ];
        (await journal.Read("sample")).Select(e => e.GetType().Name).ShouldBe(kinds);
    }

    [Fact]
    public async Task A_reopened_journal_reads_what_was_appended()
    {
        await Submit();
        await Ok(new SegmentGranted(0, 1, "s"));
        await journal.DisposeAsync();
        journal = await Open();

        (await journal.Read("sample"))[1].ShouldBe(new SegmentGranted(0, 1, "s"));
    }

    [Fact]
    public async Task An_unknown_experiment_has_no_events() =>
        (await journal.Read("nobody")).ShouldBeEmpty();

    [Fact]
    public async Task A_name_is_submitted_once()
    {
        await Submit();

        await Conflicts(Submission());
        (await journal.Read("sample")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_commit_under_a_passed_epoch_changes_nothing()
    {
        await Submit();
        await Ok(new SegmentGranted(0, 1, "frozen"));
        await Ok(new SegmentGranted(0, 2, "successor"));

        await Conflicts(Committed(0, 1, 0, 10));
        (await journal.Results("sample")).ShouldBeEmpty();
        await Ok(Committed(0, 2, 0, 10));
    }

    [Fact]
    public async Task A_segment_committed_twice_is_recorded_once()
    {
        await Submit();
        await Ok(new SegmentGranted(0, 1, "s"));
        await Ok(Committed(0, 1, 0, 10));

        await Conflicts(Committed(0, 1, 0, 10));
        (await journal.Results("sample")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task One_false_event_undoes_the_whole_batch()
    {
        await Submit();

        var granted = new SegmentGranted(0, 1, "s");
        await Conflicts(granted, granted);
        (await journal.Attempts("sample")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_blocked_segment_cannot_be_granted()
    {
        await Submit();

        await Conflicts(new SegmentGranted(1, 1, "s"));
    }

    [Fact]
    public async Task A_deposed_leader_can_write_nothing()
    {
        await Submit();
        var successor = (long)(await Lead("other"))!;

        successor.ShouldBeGreaterThan(epoch);
        (await journal.Append(epoch, "sample", [new SegmentGranted(0, 1, "s")]))
            .ShouldBe(Appended.Deposed);
        await journal.OpenSessions(epoch, [Session("late")], TimeSpan.FromSeconds(25));
        (await journal.LiveSessions()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Results_come_back_bit_for_bit_by_trial_and_step()
    {
        await Submit();
        await Ok(new SegmentGranted(0, 1, "s"));
        await Ok(Committed(0, 1, 0, 4, final: false));
        await Ok(new SegmentGranted(0, 2, "s"));
        await Ok(Committed(0, 2, 4, 10));

        var rows = await journal.Results("sample");
        rows.Select(r => (r.Result.Path, r.FromStep, r.ToStep)).ShouldBe(
            [(0, 0, 4), (0, 4, 10), (1, 0, 4), (1, 4, 10)]);
        rows[0].Result.Points.Column(0)[0].ShouldBe(double.NaN);
        rows[0].Result.Points.Column(1)[0].ShouldBe(0.1);
        rows[0].Result.Points.StepNumbers()[0].ShouldBe(4);
        rows[3].Result.DivergedAt.ShouldBe(7);
    }

    [Fact]
    public async Task A_returned_segment_can_be_granted_again()
    {
        await Submit();
        await Ok(new SegmentGranted(0, 1, "s"));
        await Ok(new SegmentReturned(0, 1, "drained", "", Counted: false));
        await Ok(new SegmentGranted(0, 2, "s"));

        (await journal.Attempts("sample")).Select(a => (a.Epoch, a.Cause))
            .ShouldBe([(1, "drained"), (2, null)]);
    }

    [Fact]
    public async Task A_session_lives_until_its_lease_runs_out()
    {
        await journal.OpenSessions(epoch, [Session("s")], TimeSpan.FromSeconds(25));
        await Pass(TimeSpan.FromSeconds(20));
        await journal.Renew(epoch, ["s"], TimeSpan.FromSeconds(25));
        await Pass(TimeSpan.FromSeconds(20));
        (await journal.LiveSessions()).ShouldBe([Session("s")]);
        await Pass(TimeSpan.FromSeconds(6));
        (await journal.LiveSessions()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_closed_session_is_not_renewed()
    {
        await journal.OpenSessions(epoch, [Session("s")], TimeSpan.FromSeconds(25));
        await journal.CloseSession(epoch, "s");
        await journal.Renew(epoch, ["s"], TimeSpan.FromSeconds(25));

        (await journal.LiveSessions()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Verification_is_silent_about_a_sound_journal()
    {
        await Submit();
        await Ok(new SegmentGranted(0, 1, "s"));
        await Ok(Committed(0, 1, 0, 10), new SegmentReady(1), new SegmentGranted(1, 1, "s"));

        (await journal.Verify("sample")).ShouldBeEmpty();
    }

    private ValueTask<long?> Lead(string node) => Lead(node, TimeSpan.Zero);

    private ValueTask<long?> Lead(string node, TimeSpan lease) =>
        journal.TakeLead(new Candidate(node, "life", $"https://{node}"), lease);

    private static SessionRow Session(string id) => new(id, "node", $"box.{id}", 2, "class");

    private static ExperimentSubmitted Submission() =>
        Samples.Submitted(Samples.Plan(trials: 2, lanes: 2, steps: 20, segment: 10));

    private static SegmentCommitted Committed(
        int segment, long leaseEpoch, long from, long to, bool final = true) =>
        new(segment, leaseEpoch, from, to, final, "checkpoint", 1)
        {
            Results = [.. Enumerable.Range(0, 2).Select(trial => new LaneResult(
                trial, trial == 1 ? 7 : null, "chain",
                PackedPoints.Of([to], [[double.NaN, 0.1]])))],
        };

    private Task Submit() => Ok(Submission());

    private Task Ok(params ExperimentEvent[] events) => Gives(Appended.Ok, events);

    private Task Conflicts(params ExperimentEvent[] events) => Gives(Appended.Conflict, events);

    private async Task Gives(Appended outcome, params ExperimentEvent[] events) =>
        (await journal.Append(epoch, "sample", events)).ShouldBe(outcome);
}
