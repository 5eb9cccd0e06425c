using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Cli;

/// <summary>What is shown before and while an experiment runs.</summary>
[Collection(TheProgram.Name)]
public sealed class PlanTests(FinishedExperiment finished)
{
    [Fact]
    public async Task Preview_prints_the_plan_and_trains_nothing()
    {
        using var place = new Workplace();
        place.Write("small.yaml", SampleSpecs.Small);

        var ended = await place.Run(
            "experiment", "preview", "small.yaml", "--cohort-size", "5", "--segment-steps", "20");

        var plan = ended.ShouldBeFine().Output;
        plan.ShouldContain("experiment    small (memory-mlp)");
        plan.ShouldContain("trials        64 = 2 configurations x 32 seeds");
        plan.ShouldContain("steps         60 each, 3,840 trial-steps, a point every 20");
        plan.ShouldContain("64 trials in cohorts of up to 5 lanes");
        plan.ShouldContain("plan          13 cohorts, 39 segments");
        plan.ShouldContain("expected      about ");
        Directory.EnumerateFileSystemEntries(place.Path).Select(Path.GetFileName)
            .ShouldBe(["small.yaml"]);
    }

    [Fact]
    public async Task Preview_tells_schedules_of_unequal_length_apart()
    {
        using var place = new Workplace();
        place.Write("unequal.yaml", """
            name: unequal
            model: dam
            settings: {sequence_length: 4, sequences: 2, memory_size: 2, heads: 1, batch_size: 2}
            schedules:
              - [{phase: a, steps: 2}, {phase: b, switch: redraw, steps: 2}]
              - [{phase: a, steps: 2}, {phase: b, switch: redraw, steps: 4}]
            """);

        var plan = (await place.Run("experiment", "preview", "unequal.yaml")).ShouldBeFine().Output;

        plan.ShouldContain("  a > b (schedule 0)\n  a > b (schedule 1)\n");
        plan.ShouldContain("steps         up to 6 each, 8 trial-steps");
    }

    [Fact]
    public async Task Validate_prints_a_spec_with_every_default_that_means_the_same()
    {
        using var place = finished.Copy();
        var first = await place.Run("experiment", "validate", "small.yaml");
        place.Write("small.yaml", first.ShouldBeFine().Output);

        var second = await place.Run("experiment", "validate", "small.yaml");

        first.Output.ShouldContain("memory_learning_rate: 10");
        first.Output.ShouldEndWith("# valid: 64 trials\n");
        second.ShouldBeFine().Output.ShouldBe(first.Output);
        (await place.Run("run", "small.yaml")).ShouldBeFine()
            .Output.ShouldContain("Everything was trained already.");
    }

    [Fact]
    public void A_run_into_a_pipe_prints_plain_lines()
    {
        var output = finished.Ended.ShouldBeFine().Output;

        output.ShouldNotContain("\u001b");
        output.ShouldNotContain("\r");
        output.ShouldContain("small: 100 %, trials 64/64 done, 0 running, 32 diverged");
        output.ShouldContain("Results: results/small\n");
        output.ShouldContain("open('results/small/small.pkl', 'rb')");
    }
}
