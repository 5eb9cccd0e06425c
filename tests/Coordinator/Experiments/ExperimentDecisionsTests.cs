using System.Collections.Immutable;
using Mneme.Coordinator.Experiments;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Plans;
using Mneme.Specs;
using Shouldly;
using Xunit;
using static Mneme.Tests.Coordinator.Experiments.Deciding;

namespace Mneme.Tests.Coordinator.Experiments;

public sealed class ExperimentDecisionsTests
{
    [Fact]
    public void A_grant_raises_the_epoch_of_a_ready_segment()
    {
        var decision = Grant(TwoChains(), "alive", slots: 1);

        decision.Events.ShouldBe([new SegmentGranted(0, 1, "alive")]);
    }

    [Fact]
    public void No_more_segments_are_granted_than_there_are_slots()
    {
        Grant(TwoChains(), "alive", slots: 5).Granted.ShouldBe([0, 2]);
        Grant(TwoChains(), "alive", slots: 0).Granted.ShouldBeEmpty();
    }

    [Fact]
    public void A_segment_of_a_session_whose_lease_ran_out_is_granted_again_under_a_new_epoch()
    {
        var state = Apply(TwoChains(), Grant(TwoChains(), "dead", slots: 2));

        Grant(state, "alive", slots: 1).Events.Last()
            .ShouldBe(new SegmentGranted(0, 2, "alive"));
    }

    [Theory]
    [InlineData(0, 11, false)]      // beyond its segment
    [InlineData(0, 10, false)]      // complete, but not called so
    [InlineData(0, 4, true)]        // called complete, but not so
    [InlineData(4, 10, true)]       // from where nobody is
    public void A_commit_of_other_steps_than_were_granted_is_refused(
        long from, long to, bool final) =>
        Commit(Granted(), "alive", 0, 1, from, to, final: final).Outcome
            .ShouldBe(CommitOutcome.Fenced);

    [Fact]
    public void A_commit_of_other_lanes_than_were_granted_is_refused() =>
        ExperimentDecisions.Decide(Granted(), new ExperimentCommand.CommitSegment(
            "alive", Message(0, 1, 0, 10, "a", final: true),
            Samples.Results(TwoChains(), 2), Draining: false)).Outcome
            .ShouldBe(CommitOutcome.Fenced);

    [Fact]
    public void A_death_is_on_record_and_counts_against_nothing()
    {
        var state = Apply(TwoChains(), Grant(TwoChains(), "node-1.life", slots: 1));

        Grant(state, "alive", slots: 1).Events[0].ShouldBe(new SegmentReturned(
            0, 1, "worker_lost", "", Counted: false, "node-1.life", Step: 7));
    }

    [Theory]
    [InlineData("a", "b", "c", true)]
    [InlineData("a", "a", "a", false)]
    [InlineData("a", "b", "b", false)]
    public void Three_nodes_that_die_at_one_place_quarantine_the_segment(
        string first, string second, string third, bool quarantined)
    {
        var state = TwoChains();
        foreach (var node in new[] { first, second, third })
            state = Apply(state, Grant(state, $"{node}.life", slots: 1));

        state = Apply(state, Grant(state, "alive", slots: 1));

        (state.Segments[0].Status == SegmentStatus.Quarantined).ShouldBe(quarantined);
    }

    [Fact]
    public void The_first_grant_fixes_the_class_of_machines_and_others_get_nothing()
    {
        var open = TwoChains() with { Numerics = "" };
        var decision = Grant(open, "alive", slots: 1, numerics: "x");

        decision.Events[0].ShouldBe(new NumericsBound("x"));
        Grant(Apply(open, decision), "other", slots: 1, numerics: "y").Events.ShouldBeEmpty();
        Grant(Apply(open, decision), "other", slots: 1, numerics: "x").Granted.ShouldBe([2]);
    }

    [Fact]
    public void A_segment_of_a_live_session_is_not_granted_again()
    {
        var state = Apply(TwoChains(), Grant(TwoChains(), "other", slots: 2));

        Grant(state, "alive", slots: 2).Events.ShouldBeEmpty();
    }

    [Fact]
    public void A_final_commit_opens_its_child_and_grants_it_to_the_same_session()
    {
        var state = Granted();

        var decision = Commit(state, "alive", segment: 0, epoch: 1, from: 0, to: 10);

        decision.Outcome.ShouldBe(CommitOutcome.Fresh);
        decision.Events.Skip(1).ShouldBe([new SegmentReady(1), new SegmentGranted(1, 1, "alive")]);
        decision.Granted.ShouldBe([1]);
    }

    [Fact]
    public void A_commit_of_a_draining_session_is_taken_and_nothing_new_is_granted_to_it()
    {
        var decision = ExperimentDecisions.Decide(Granted(), new ExperimentCommand.CommitSegment(
            "alive", Message(0, 1, 0, 10, "a", final: true),
            Samples.Results(TwoChains(), 0), Draining: true));

        decision.Events.OfType<SegmentGranted>().ShouldBeEmpty();
        decision.Events.OfType<SegmentCommitted>().Count().ShouldBe(1);
    }

    [Fact]
    public void A_segment_committed_twice_is_recorded_once()
    {
        var first = Commit(Granted(), "alive", 0, 1, 0, 10);

        var second = Commit(Apply(Granted(), first), "alive", 0, 1, 0, 10);

        second.Outcome.ShouldBe(CommitOutcome.Duplicate);
        second.Events.ShouldBeEmpty();
        second.Granted.ShouldBe([1], "the answer repeats the grant that followed the first");
    }

    [Fact]
    public void A_commit_under_a_passed_epoch_is_fenced()
    {
        var state = Apply(Granted("dead"), Grant(Granted("dead"), "alive", slots: 1));

        Commit(state, "dead", 0, epoch: 1, 0, 10).Outcome.ShouldBe(CommitOutcome.Fenced);
        Commit(state, "alive", 0, epoch: 2, 0, 10).Outcome.ShouldBe(CommitOutcome.Fresh);
    }

    [Fact]
    public void A_commit_with_another_checkpoint_under_the_same_epoch_is_fenced()
    {
        var state = Apply(Granted(), Commit(Granted(), "alive", 0, 1, 0, 10, "a"));

        Commit(state, "alive", 0, 1, 0, 10, "b").Outcome.ShouldBe(CommitOutcome.Fenced);
    }

    [Fact]
    public void A_part_goes_on_where_it_ended()
    {
        var state = Apply(Granted(), Commit(Granted(), "alive", 0, 1, 0, 4, "part", final: false));

        state.Segments[0].Status.ShouldBe(SegmentStatus.Ready);
        var again = Apply(state, Grant(state, "alive", slots: 1));
        Assignments.Of(Samples.Spec(), again, 0).FromStep.ShouldBe(4);
        Assignments.Of(Samples.Spec(), again, 0).Parents.ShouldBe(["part"]);
        Commit(again, "alive", 0, 2, 0, 10).Outcome
            .ShouldBe(CommitOutcome.Fenced, "it starts too early");
        Commit(again, "alive", 0, 2, 4, 10).Outcome.ShouldBe(CommitOutcome.Fresh);
    }

    [Fact]
    public void The_switch_comes_with_the_first_step_of_its_phase_and_not_again()
    {
        var spec = Samples.Spec() with
        {
            Schedules =
            [
                new([
                    new PhaseSpec("a", 10, new PhaseStart(0)),
                    new PhaseSpec("b", 10, new PhaseStart(1, new SwitchSpec("redraw", []))),
                ]),
            ],
        };
        var plan = Planner.Plan(
            spec, Samples.Family, Samples.Trials(2), new Packing([new ShapePacking(2, 10)]));
        var state = ExperimentState.Of(plan, Samples.Submitted(plan));
        state = Apply(state, Grant(state, "alive", slots: 1));
        Assignments.Of(spec, state, 0).Start.ShouldBe(new PhaseStart(0));
        state = Apply(state, Commit(state, "alive", 0, 1, 0, 10));
        Assignments.Of(spec, state, 1).Start!.Switch!.Kind.ShouldBe("redraw");

        state = Apply(state, Commit(state, "alive", 1, 1, 10, 11, "part", final: false));
        state = Apply(state, Grant(state, "alive", slots: 1));
        Assignments.Of(spec, state, 1).Start.ShouldBeNull("its first step is done");
    }

    [Fact]
    public void A_part_without_a_step_is_not_recorded()
    {
        var decision = Commit(Granted(), "alive", 0, 1, 0, 0, "start", final: false);

        decision.Outcome.ShouldBe(CommitOutcome.Fenced);
        decision.Events.ShouldBeEmpty();
    }

    [Fact]
    public void Three_failures_of_its_own_put_a_segment_into_quarantine()
    {
        var state = Granted();
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            state = Apply(state, Return(state, 0, epoch, counted: true));
            if (epoch < 3) state = Apply(state, Grant(state, "alive", slots: 1));
        }

        state.Segments[0].Status.ShouldBe(SegmentStatus.Quarantined);
        Grant(state, "alive", slots: 9).Granted.ShouldBe([2], "the other chain goes on");
    }

    [Fact]
    public void Losing_workers_never_puts_a_segment_into_quarantine()
    {
        var state = Granted();
        for (var epoch = 1; epoch <= 9; epoch++)
        {
            state = Apply(state, Return(state, 0, epoch, counted: false));
            state = Apply(state, Grant(state, "alive", slots: 1));
        }

        state.Segments[0].Failures.ShouldBe(0);
        state.Segments[0].Status.ShouldBe(SegmentStatus.Leased);
    }

    [Fact]
    public void The_last_commit_completes_the_experiment()
    {
        var state = TwoChains();
        foreach (var (segment, from) in new[] { (0, 0L), (1, 10L), (2, 0L), (3, 10L) })
        {
            if (state.Segments[segment].Status != SegmentStatus.Leased)
                state = Apply(state, Grant(state, "alive", slots: 1));
            state = Apply(state, Commit(state, "alive", segment, 1, from, from + 10));
        }

        state.Completed.ShouldBeTrue();
        state.FinishedTrials.ShouldBe(4);
        state.DoneTrialSteps.ShouldBe(state.Plan.TrialSteps);
    }
}
