using Mneme.Specs;
using Mneme.Tests.Coordinator.Cli;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>Switches of dam that replace nothing, or bring back what was there.</summary>
public sealed class DamSwitchTests
{
    private static readonly SwitchSpec Clear = new("clear", []);

    [Fact]
    public void Clearing_empties_the_memory_and_changes_nothing_else()
    {
        using var trace = Trace();
        trace.Bench.Train(20);
        var before = trace.Bench.StateOf(0);

        trace.Begin(0, Clear, clears: true);

        var after = trace.Bench.StateOf(0);
        foreach (var name in (string[])["A_logits", "B_logits", "adam_A/mean0", "adam_B/steps"])
            after[name].ShouldBe(before[name], name);
        trace.Bench.Measure("memory_fill").ShouldBe([0]);
        trace.Bench.Train(5).Measure("present_stored")[0].ShouldBeGreaterThan(.7);
        trace.Bench.StateOf(0)["A_logits"].ShouldNotBe(before["A_logits"]);
    }

    [Theory]
    [InlineData("A", false, true), InlineData("B", true, false), InlineData("both", false, false)]
    public void A_frozen_part_stays_and_the_other_learns_on(string part, bool a, bool b)
    {
        using var trace = Trace();
        trace.Bench.Train(20);
        trace.Begin(0, new SwitchSpec("freeze", [new("part", new Text(part))]), clears: false);
        var before = trace.Bench.StateOf(0);
        trace.Bench.Measure("memory_fill").ShouldBe([1]);

        var after = trace.Bench.Train(20).StateOf(0);

        Differs("A_logits").ShouldBe(a);
        Differs("B_logits").ShouldBe(b);
        after["set"].ShouldBe(before["set"]);
        // What is cleared later stays frozen.
        trace.Begin(0, Clear, clears: true);
        trace.Bench.Train(3);
        trace.Bench.StateOf(0)["A_logits"].AsSpan().SequenceEqual(after["A_logits"]).ShouldBe(!a);

        bool Differs(string name) => !before[name].AsSpan().SequenceEqual(after[name]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_set_that_comes_back_is_the_one_that_was_there(bool clears)
    {
        using var trace = Trace();
        trace.Bench.Train(10);
        trace.Begin(2, DamTrace.Redraw("learn", clears), clears);
        trace.Bench.Train(2);

        trace.Begin(0, DamTrace.Replace("return", "learn", clears), clears);

        trace.Bench.Train(8).Measure("present_stored")[0].ShouldBeGreaterThan(.7);
        trace.Bench.Measure("memory_fill").ShouldBe([1]);
    }

    [Fact]
    public void Every_step_is_that_of_the_description_while_sets_come_and_go()
    {
        using var trace = Trace();
        (int Set, bool Clears)[] turns =
            [(2, false), (1, false), (2, true), (0, false), (1, false)];
        foreach (var (set, clears) in turns)
        {
            for (var i = 0; i < 3; i++)
            {
                var expected = DamSolution.Of(trace.Problem());
                var found = trace.Step();
                found.Loss.ShouldBe(expected.Loss, 1e-5);
                foreach (var (slope, other) in found.A.Zip(expected.A))
                    slope.ShouldBe(other, 1e-6);
            }
            trace.Begin(set, DamTrace.Replace("return", "learn", clears), clears);
        }
    }

    [Fact]
    public void Weights_drawn_again_differ_each_time()
    {
        using var trace = Trace();
        var seen = new List<double[]> { trace.Floats("A_logits") };
        foreach (var set in new[] { 1, 0, 1, 0 })
        {
            trace.Begin(set, DamTrace.Replace("return", "scratch", true), clears: true);
            seen.Add(trace.Floats("A_logits"));
        }

        seen.Select(weights => weights[0]).Distinct().Count().ShouldBe(5);
    }

    private static DamTrace Trace() => new(4, DamArithmeticTests.Sizes([8, 6, 30, 3, 5],
        ("init_std", new Real(.3)), ("learning_rate", new Real(.02))));
}

/// <summary>The same as an experiment that a user writes.</summary>
[Collection(TheProgram.Name)]
public sealed class DamSwitchRunTests
{
    private const string Spec = """
        name: turns
        model: dam
        measure_every: 10
        seeds: 3
        settings: {sequence_length: 8, sequences: 8, memory_size: 20, heads: 3, batch_size: 4}
        schedules:
          - - {phase: a, steps: 30}
            - {switch: redraw, clear_memory: false, steps: 17}
            - {switch: clear, steps: 13}
            - {switch: return, set: A, clear_memory: false, mode: freeze_B, steps: 20}
          - - {phase: a, steps: 30}
            - {switch: freeze, part: A, steps: 50}
        """;

    [Fact]
    public async Task However_it_is_cut_it_gives_the_same_bytes()
    {
        using var place = new Workplace();
        place.Write("turns.yaml", Spec);
        (await place.Run("run", "turns.yaml", "--out", "whole")).ShouldBeFine();
        (await place.Run("run", "turns.yaml", "--out", "cut", "--cohort-size", "2",
            "--segment-steps", "3", "--no-sharing")).ShouldBeFine();

        foreach (var file in new[] { "turns.pkl", "points.csv", "trials.csv" })
            place.HashOf($"whole/turns/{file}").ShouldBe(place.HashOf($"cut/turns/{file}"), file);
        (await place.Run("experiment", "verify", "turns.yaml", "--out", "whole")).ShouldBeFine();
        var points = File.ReadAllText(place.At("whole/turns/points.csv"));
        points.ShouldContain("set_accuracy.A,set_accuracy.B,set_loss.A");
    }
}
