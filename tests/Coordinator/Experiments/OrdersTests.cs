using Mneme.Coordinator.Experiments;
using Mneme.Journal;
using Mneme.Messages;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Experiments;

public sealed class OrdersTests
{
    private static readonly IReadOnlySet<string> Live = new HashSet<string> { "alive", "other" };
    private static readonly Order Order = new("ada", "127.0.0.1", "a reason", "request");

    [Fact]
    public void A_held_experiment_grants_nothing_until_it_is_resumed()
    {
        var state = Apply(Granted(), Ordered(Granted(), new ExperimentCommand.Hold(false, Order)));

        Grant(state, "other", slots: 2).Events.ShouldBeEmpty();
        Commit(state, "alive", segment: 0, epoch: 1, from: 0, to: 10).Granted.ShouldBeEmpty();
        state = Apply(state, Ordered(state, new ExperimentCommand.Resume(Order)));
        Grant(state, "other", slots: 2).Granted.ShouldBe([2]);
    }

    [Fact]
    public void After_a_cancel_a_commit_is_refused_and_a_second_cancel_changes_nothing()
    {
        var state = Apply(Granted(), Ordered(Granted(), new ExperimentCommand.Cancel(Order)));

        Commit(state, "alive", segment: 0, epoch: 1, from: 0, to: 10)
            .Outcome.ShouldBe(CommitOutcome.Fenced);
        Ordered(state, new ExperimentCommand.Cancel(Order)).ShouldBe(
            Decision.Nothing(CommitOutcome.Duplicate));
        Ordered(state, new ExperimentCommand.Resume(Order)).Outcome
            .ShouldBe(CommitOutcome.Fenced);
    }

    [Fact]
    public void A_quarantined_segment_that_is_retried_has_no_past()
    {
        var state = TwoChains();
        for (var i = 0; i < ExperimentDecisions.MaxFailures; i++)
        {
            state = Apply(state, Grant(state, "alive", slots: 1));
            state = Apply(state, Return(state, 0, i + 1, counted: true));
        }
        state.Segments[0].Status.ShouldBe(SegmentStatus.Quarantined);

        state = Apply(state, Ordered(state, new ExperimentCommand.Retry(Order)));

        (state.Segments[0].Status, state.Segments[0].Failures).ShouldBe((SegmentStatus.Ready, 0));
        state.Quarantined.ShouldBe(0);
    }

    private static Decision Ordered(ExperimentState state, ExperimentCommand order) =>
        ExperimentDecisions.Decide(state, order);

    private static ExperimentState TwoChains() =>
        Samples.State(trials: 4, lanes: 2, steps: 20, segment: 10);

    private static ExperimentState Granted(string session = "alive") =>
        Apply(TwoChains(), Grant(TwoChains(), session, slots: 1));

    private static Decision Grant(
        ExperimentState state, string session, int slots) =>
        ExperimentDecisions.Decide(state, new ExperimentCommand.GrantSegments(
            session, "numerics", slots, Live, _ => 7));

    private static Decision Commit(
        ExperimentState state, string session, int segment, long epoch, long from, long to,
        string checkpoint = "a", bool final = true) =>
        ExperimentDecisions.Decide(state, new ExperimentCommand.CommitSegment(
            session, Message(segment, epoch, from, to, checkpoint, final),
            Samples.Results(state, segment), Draining: false));

    private static Commit Message(
        int segment, long epoch, long from, long to, string checkpoint, bool final) =>
        new(new SegmentId("sample", segment), epoch, from, to, final, checkpoint, 1, [], null);

    private static Decision Return(ExperimentState state, int segment, long epoch, bool counted) =>
        ExperimentDecisions.Decide(state, new ExperimentCommand.ReturnSegment(
            segment, epoch, "some cause", "", counted));

    private static ExperimentState Apply(ExperimentState state, Decision decision) =>
        state.Apply(decision.Events);
}
