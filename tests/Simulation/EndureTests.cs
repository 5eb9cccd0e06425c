using Mneme.Actors;
using Mneme.Coordinator.Api;
using Mneme.Coordinator.Leadership;
using Mneme.Journal;
using Mneme.Transport.InProcess;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Simulation;

/// <summary>One fault at a time, and what it must not cost.</summary>
public sealed class EndureTests : IDisposable
{
    private const long TrialSteps = 8 * 80;
    private readonly World world = new(3, Faults.None);
    private readonly SimulatedProcess leader;
    private readonly SimulatedProcess worker;

    public EndureTests()
    {
        world.Submit("""
            name: simulated
            model: no-op
            steps: 80
            seeds: 8
            """);
        leader = world.AddCoordinator("c1");
        Pass(3);
        world.AddCoordinator("c2");
        worker = world.AddWorker("w1", world.StepTime);
        world.AddWorker("w2", world.StepTime);
        Pass(12);
        leader.Coordinator!.Leads.ShouldBeTrue();
    }

    public void Dispose() => world.Dispose();

    [Fact]
    public void A_leader_that_is_killed_costs_no_grant_and_no_step()
    {
        world.Kill(leader);
        Finish();
        Grants().ShouldAllBe(granted => granted.Epoch == 1);
        world.Computed.ShouldBe(TrialSteps);
    }

    [Fact]
    public void A_leader_that_gives_up_its_lead_is_followed_within_two_seconds()
    {
        leader.Coordinator!.Yield();
        Pass(2);
        world.Living.Last(p => p.Coordinator is not null).Coordinator!.Leads.ShouldBeTrue();
        Finish();
        world.Computed.ShouldBe(TrialSteps);
    }

    [Fact]
    public void A_frozen_leader_can_write_nothing_when_it_wakes()
    {
        world.Freeze(leader);
        Pass(40);
        world.Thaw(leader);
        Finish();
        leader.Coordinator!.Leads.ShouldBeFalse();
        world.Computed.ShouldBe(TrialSteps);
        world.Thefts.ShouldBeEmpty();
    }

    [Fact]
    public void A_broker_that_restarts_costs_no_grant_and_no_step()
    {
        world.Broker.Stop();
        Pass(20);
        world.Broker.Start();
        Finish();
        Grants().ShouldAllBe(granted => granted.Epoch == 1);
        world.Computed.ShouldBe(TrialSteps);
    }

    [Fact]
    public void A_database_that_is_away_for_a_while_costs_no_grant_and_no_step()
    {
        foreach (var process in world.Living.Where(p => p.Journal is not null))
            process.Journal!.IsCut = true;
        Pass(15);
        foreach (var process in world.Living.Where(p => p.Journal is not null))
            process.Journal!.IsCut = false;
        Finish();
        Grants().ShouldAllBe(granted => granted.Epoch == 1);
        world.Computed.ShouldBe(TrialSteps);
    }

    [Fact]
    public void Work_of_a_killed_worker_is_elsewhere_within_seven_seconds()
    {
        Pass(60);       // the brake holds while the leader's own link is young
        for (var i = 0; i < 4; i++) world.AddWorker("w3", world.StepTime);
        Pass(6);
        world.Kill(worker);
        Pass(7);
        Grants().Count(granted => granted.Epoch > 1).ShouldBe(1);
        Finish();
    }

    [Fact]
    public void Work_of_a_worker_that_is_started_again_is_granted_again_at_once()
    {
        for (var i = 0; i < 4; i++) world.AddWorker("w3", world.StepTime);
        Pass(6);
        world.Kill(worker);
        world.AddWorker("w1", world.StepTime);
        Pass(2);        // long before the young leader would judge anybody
        Grants().Count(granted => granted.Epoch > 1).ShouldBe(1);
        Finish();
    }

    [Fact]
    public void Work_of_a_worker_that_dies_with_its_leader_is_elsewhere_within_half_a_minute()
    {
        for (var i = 0; i < 4; i++) world.AddWorker("w3", world.StepTime);
        Pass(6);
        world.Kill(worker);
        world.Kill(leader);
        Pass(25);
        Grants().Count(granted => granted.Epoch > 1).ShouldBe(1);
        Finish();
    }

    [Fact]
    public void Work_of_a_frozen_worker_is_elsewhere_and_its_late_commit_is_refused()
    {
        for (var i = 0; i < 4; i++) world.AddWorker("w3", world.StepTime);
        Pass(6);
        world.Freeze(worker);
        Pass(45);
        world.Thaw(worker);
        Finish();
        Grants().ShouldContain(granted => granted.Epoch == 2);
        world.Thefts.ShouldBeEmpty();
    }

    [Fact]
    public void A_frozen_worker_whose_work_nobody_took_goes_on_where_it_was()
    {
        world.Freeze(worker);
        Pass(45);
        world.Thaw(worker);
        Finish();
        Grants().ShouldAllBe(granted => granted.Epoch == 1);
        world.Computed.ShouldBe(TrialSteps);
    }

    [Fact]
    public void A_drained_worker_goes_within_its_grace_and_no_step_is_computed_twice()
    {
        Pass(1.5);      // into a segment
        worker.Do(() => worker.Worker!.Drain(TimeSpan.FromSeconds(5)));
        Pass(5);
        worker.Worker!.Gone.IsCompleted.ShouldBeTrue();
        world.Kill(worker);
        Finish();
        world.Computed.ShouldBe(TrialSteps);
        Events<SegmentCommitted>().ShouldContain(committed => !committed.Final);
    }

    [Fact]
    public void A_paused_experiment_stands_still_and_goes_on_without_losing_a_step()
    {
        Pass(1.5);
        Order("pause").Outcome.ShouldBe(OrderOutcome.Done);
        Pass(10);
        var standing = world.Computed;
        Pass(60);
        world.Computed.ShouldBe(standing);
        Order("resume").Outcome.ShouldBe(OrderOutcome.Done);
        Finish();
        world.Computed.ShouldBe(TrialSteps);
    }

    [Fact]
    public void After_a_cancel_is_answered_nothing_of_it_is_committed()
    {
        Order("cancel").Outcome.ShouldBe(OrderOutcome.Done);
        Events<ExperimentCancelled>().Single().Order.Why.ShouldBe("a reason");
        Pass(60);
        Await(world.Journal.Read("simulated"))[^1].ShouldBeOfType<ExperimentCancelled>();
        Order("resume").Outcome.ShouldBe(OrderOutcome.Refused);
    }

    [Fact]
    public void A_node_that_is_taken_down_loses_its_work_at_once()
    {
        for (var i = 0; i < 4; i++) world.AddWorker("w3", world.StepTime);
        Pass(6);
        Order("down", "w1").Outcome.ShouldBe(OrderOutcome.Done);
        Pass(2);
        Grants().ShouldContain(granted => granted.Epoch == 2);
        Finish();
        world.Thefts.ShouldBeEmpty();
    }

    [Fact]
    public void An_experiment_is_done_when_its_results_are_written_at_last()
    {
        var tries = 0;
        world.Publish = () => ++tries < 3
            ? Task.FromException(new IOException("No space left on device"))
            : Task.CompletedTask;
        Finish();
        Pass(5);
        var waits = leader.Coordinator!.View!.Experiments.ShouldHaveSingleItem();
        waits.State.ShouldBe("publishing");
        waits.Trouble!.ShouldContain("No space left on device");

        Pass(70);

        tries.ShouldBe(3);
        var done = leader.Coordinator!.View!.Experiments.ShouldHaveSingleItem();
        (done.State, done.Trouble).ShouldBe(("done", null));
    }

    private OrderAnswer Order(string verb, string target = "simulated")
    {
        Task<Answer<OrderAnswer>>? answer = null;
        leader.Do(() => answer = leader.Coordinator!.Reign!.Value.Ask<OrderAnswer>(
            sink => new ReignMessage.Carry(
                verb, target, new Order("ada", "127.0.0.1", "a reason", "request"), sink),
            TimeSpan.FromSeconds(30)));
        world.Run(TimeSpan.FromSeconds(1), () => answer!.IsCompleted);
        return answer!.GetAwaiter().GetResult().ShouldBeOfType<Answer<OrderAnswer>.Ok>().Value;
    }

    private void Pass(double seconds) =>
        world.Run(TimeSpan.FromSeconds(seconds), () => false);

    private void Finish()
    {
        world.Run(TimeSpan.FromMinutes(30), () =>
                Await(world.Journal.Experiments()).All(e => e.State == "done"))
            .ShouldBeTrue(world.Look("simulated"));
        Await(world.Journal.Verify("simulated")).ShouldBeEmpty();
    }

    private List<SegmentGranted> Grants() => Events<SegmentGranted>();

    private List<T> Events<T>() where T : ExperimentEvent =>
        [.. Await(world.Journal.Read("simulated")).OfType<T>()];

    private static T Await<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();
}
