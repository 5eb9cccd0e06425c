using Mneme.Specs;
using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>What titans must reach, what it must not, and what its lanes promise.</summary>
public sealed class TitansTests
{
    private static readonly Titans Family = new();

    [Fact]
    public void A_value_told_once_is_recalled_with_its_sign()
    {
        using var bench = Seeds(8).Train(300);

        bench.Measure("loss").ShouldAllBe(loss => loss > .19 && loss < .26);
        bench.Measure("accuracy").ShouldAllBe(accuracy => accuracy >= .94);
        bench.Measure("steps_below").ShouldAllBe(steps => steps > 40 && steps < 120);
        bench.Measure("newest_accuracy").Average()
            .ShouldBeGreaterThan(bench.Measure("oldest_accuracy").Average());
    }

    public static TheoryData<string, double, double, (string, SettingValue)[]> Controls => new()
    {
        { "cut", .45, .65, [("second_order", new Text("cut"))] },
        { "first order", .55, .75, [("second_order", new Text("first_order"))] },
        { "no write", .95, 1.05, [("write", new Flag(false))] },
        { "L1", .42, .62, [("inner_loss", new Text("l1"))] },
        { "no momentum", .2, .26, [("momentum", new Flag(false))] },
        { "two layers", .1, .4, [("memory_layers", new Integer(2))] },
        { "chunks of two", .19, .5, [("chunk", new Integer(2))] },
    };

    [Theory, MemberData(nameof(Controls))]
    public void Each_change_costs_what_the_description_says(
        string what, double least, double most, (string, SettingValue)[] settings)
    {
        using var bench = Seeds(8, settings).Train(300);

        bench.Measure("loss").Average().ShouldBeInRange(least, most, what);
    }

    [Theory]
    [InlineData("cut", true, true), InlineData("first_order", true, true)]
    [InlineData("full", false, false)]
    public void The_maps_of_keys_and_values_learn_only_through_the_whole_graph(
        string order, bool keyIsZero, bool valueIsZero)
    {
        using var bench = Seeds(2, ("second_order", new Text(order))).Train(1);

        bench.Measure("gradient_key").ShouldAllBe(norm => norm == 0 == keyIsZero);
        bench.Measure("gradient_value").ShouldAllBe(norm => norm == 0 == valueIsZero);
        bench.Measure("gradient_query").ShouldAllBe(norm => norm > 0);
    }

    [Fact]
    public void After_the_answer_is_negated_it_is_wrong_first_and_learned_sooner_than_before()
    {
        using var bench = new Bench(Family, sets: 2, [],
            [.. Enumerable.Range(0, 8).Select(seed => Bench.Lane(Family, (uint)seed))]);
        var before = Median(bench.Train(300).Measure("steps_below"));
        Begin(bench, 1);

        bench.Train(10).Measure("loss").Average().ShouldBeInRange(1.6, 2.6);
        bench.Train(290).Measure("loss_of_10").Average().ShouldBeInRange(.19, .26);
        (before / Median(bench.Measure("steps_below"))).ShouldBeInRange(1, 1.8);
    }

    [Fact]
    public void A_surprise_that_is_kept_carries_one_batch_into_the_next()
    {
        using var kept = Seeds(1, ("surprise", new Text("kept"))).Train(3);
        using var reset = Seeds(1).Train(3);

        kept.StateOf(0)["surprise0"].ShouldContain(value => value != 0);
        kept.Measure("loss").ShouldNotBe(reset.Measure("loss"));
    }

    public static TheoryData<string, (string, SettingValue)[]> Shapes => new()
    {
        { "default", [] },
        { "deep", [("memory_layers", new Integer(3)), ("chunk", new Integer(3)),
            ("silu", new Flag(true))] },
        { "odd", [("memory_size", new Integer(7)), ("pairs", new Integer(5)),
            ("inner_loss", new Text("l1")), ("normalise", new Flag(false))] },
        { "kept", [("surprise", new Text("kept")), ("memory_start", new Text("random"))] },
        { "constants", [("coefficients", new Text("constant")),
            ("second_order", new Text("first_order"))] },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void A_lane_equals_the_trial_run_alone(string what, (string, SettingValue)[] shape)
    {
        what.ShouldNotBeEmpty();
        LaneProof.NeitherNeighboursNorOrderMatter(Family, 15, Varied(7, shape));
    }

    [Fact]
    public void A_cohort_saved_and_loaded_goes_on_bit_for_bit() =>
        LaneProof.ASavedCohortGoesOn(Family, 60, Varied(4, [("surprise", new Text("kept"))]));

    [Fact]
    public void A_lane_driven_to_NaN_disturbs_nobody() => LaneProof.ADivergedLaneDisturbsNobody(
        Family, 40, Varied(2, []), Bench.Lane(Family, 9, [.. Small,
            ("learning_rate", new Real(1e30))]), "output");

    private static (string, SettingValue)[] Small =>
        [("memory_size", new Integer(8)), ("batch_size", new Integer(4))];

    // Lanes that differ in everything that may differ inside a cohort.
    internal static Lane[] Varied(int count, (string, SettingValue)[] shape) =>
        [.. Enumerable.Range(0, count).Select(k => Bench.Lane(Family, (uint)(k * 7 + 1),
        [
            .. Small, .. shape,
            ("learning_rate", new Real(1e-3 * (1 + k % 4))),
            ("theta", new Real(.1 + .1 * (k % 3))), ("eta", new Real(.9 - .2 * (k % 4))),
            ("alpha", new Real(.01 + .1 * (k % 2))), ("momentum", new Flag(k % 3 != 1)),
            ("decay", new Flag(k % 2 == 0)), ("write", new Flag(k % 5 != 4)),
            ("ascend", new Flag(k % 6 == 5)), ("threshold", new Real(.5 + .3 * (k % 2))),
        ]))];

    private static void Begin(Bench bench, int set)
    {
        using var scope = new TensorScope();
        bench.Model.Begin(new PhaseStart(set, new SwitchSpec("negate", [])), bench.Steps);
    }

    private static double Median(double[] values) =>
        values.Order().ElementAt(values.Length / 2);

    private static Bench Seeds(int count, params (string, SettingValue)[] settings) => new(Family,
        [.. Enumerable.Range(0, count).Select(seed => Bench.Lane(Family, (uint)seed, settings))]);
}
