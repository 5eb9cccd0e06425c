using Mneme.Coordinator.Experiments;
using Mneme.Journal;
using Mneme.Messages;
using Shouldly;
using Xunit;
using static Mneme.Tests.Coordinator.Experiments.Deciding;

namespace Mneme.Tests.Coordinator.Experiments;

public sealed class OrdersTests
{
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
}
