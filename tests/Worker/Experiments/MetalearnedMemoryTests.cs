using Mneme.Specs;
using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>What metalearned-memory must reach, what it must not, and what its lanes promise.
/// </summary>
public sealed class MetalearnedMemoryTests
{
    private static readonly MetalearnedMemory Family = new();

    private static readonly (string, SettingValue)[] Quick =
    [
        ("hidden_size", new Integer(16)), ("scale", new Text("1/h")),
        ("learning_rate", new Real(5e-3)),
    ];

    [Fact]
    public void Three_of_four_lanes_find_every_name_again_within_400_steps()
    {
        using var bench = Seeds(4).Train(400);

        bench.Measure("steps_to_solve").Count(double.IsFinite).ShouldBeGreaterThanOrEqualTo(3);
        bench.Measure("reconstruction_after").Average().ShouldBeLessThan(
            bench.Measure("reconstruction_before").Average() / 2);
    }

    [Fact]
    public void The_quick_variant_is_done_within_250_steps() =>
        Solved(250, Quick).ShouldAllBe(steps => steps >= 20 && steps <= 250);

    public static TheoryData<(string, SettingValue)[]> Variants => new()
    {
        { [("activation", new Text("sigmoid"))] },
        { [("scale", new Text("none"))] },
        { [("learn_scale", new Flag(true)), ("scale", new Text("none"))] },
        { [("reconstruction_weight", new Real(0))] },
        { [("rule", new Text("gradient")), ("scale", new Text("none"))] },
        { [.. Quick, ("write_rate", new Text("layer")), ("read", new Text("concat")),
            ("final_step", new Flag(true)), ("train_start", new Flag(true))] },
    };

    [Theory, MemberData(nameof(Variants))]
    public void Every_variant_of_the_sources_learns_it((string, SettingValue)[] settings) =>
        Solved(300, settings).Count(double.IsFinite).ShouldBeGreaterThanOrEqualTo(2);

    public static TheoryData<string, SettingValue> Controls => new()
    {
        { "write", new Flag(false) },
        { "carry", new Text("none") },
    };

    [Theory, MemberData(nameof(Controls))]
    public void Without_a_memory_that_lasts_the_loss_stays_at_ln_8(string name, SettingValue value)
    {
        using var bench = Seeds(4, [.. Quick, (name, value)]).Train(300);

        bench.Measure("loss").Average().ShouldBe(Math.Log(8), .01);
        bench.Measure("accuracy").Average().ShouldBe(.125, .02);
    }

    [Fact]
    public void When_the_controller_is_carried_over_no_write_is_needed() =>
        Solved(150, ("carry", new Text("all")), ("write", new Flag(false)))
            .ShouldAllBe(steps => steps < 150);

    [Fact]
    public void The_latest_name_counts_and_the_earlier_one_is_forgotten()
    {
        using var bench = Seeds(3, [.. Quick, ("task", new Text("rename"))]).Train(500);

        bench.Measure("accuracy").Max().ShouldBeGreaterThan(.95);
        bench.Measure("earlier_accuracy").Min().ShouldBeLessThan(.03);
    }

    [Fact]
    public void Pairs_are_recalled_at_least_as_often_as_guessing_among_the_shown_allows()
    {
        using var bench = Seeds(2, ("task", new Text("assoc_recall")), ("pairs", new Integer(2)),
            ("symbols", new Integer(4)), ("scale", new Text("none"))).Train(300);

        bench.Measure("accuracy").Average().ShouldBeGreaterThan(.55);
    }

    [Fact]
    public void A_plateau_lowers_the_rate_of_its_own_lane_alone()
    {
        using var bench = new Bench(Family,
            Bench.Lane(Family, 1, [.. Quick]),
            Bench.Lane(Family, 1, [.. Quick, ("plateau_factor", new Real(.5)),
                ("plateau_patience", new Real(3)), ("write", new Flag(false))])).Train(60);

        var rates = bench.Measure("learning_rate");
        rates[0].ShouldBe(5e-3, 1e-9);
        rates[1].ShouldBeLessThan(2.6e-3);
    }

    public static TheoryData<string, (string, SettingValue)[]> Shapes => new()
    {
        { "as published", [] },
        { "sigmoid", [("activation", new Text("sigmoid")), ("task", new Text("rename"))] },
        { "wide", [("read", new Text("concat")), ("write_rate", new Text("layer")),
            ("final_step", new Flag(true)), ("hidden_size", new Integer(13))] },
        { "learned", [("learn_scale", new Flag(true)), ("train_start", new Flag(true)),
            ("task", new Text("assoc_recall"))] },
        { "gradient", [("rule", new Text("gradient")), ("batch_size", new Integer(3))] },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void A_lane_equals_the_trial_run_alone(string what, (string, SettingValue)[] shape)
    {
        what.ShouldNotBeEmpty();
        LaneProof.NeitherNeighboursNorOrderMatter(Family, 12, Varied(7, shape));
    }

    [Fact]
    public void A_cohort_saved_and_loaded_goes_on_bit_for_bit() =>
        LaneProof.ASavedCohortGoesOn(Family, 60, Varied(4, []));

    [Fact]
    public void A_lane_driven_to_NaN_disturbs_nobody() => LaneProof.ADivergedLaneDisturbsNobody(
        Family, 40, Varied(2, []), Bench.Lane(Family, 9, [.. Small,
            ("learning_rate", new Real(1e30)), ("clip", new Real(1e30))]), "classifier/weight");

    private static (string, SettingValue)[] Small =>
        [("hidden_size", new Integer(8)), ("batch_size", new Integer(4))];

    // Lanes that differ in everything that may differ inside a cohort.
    internal static Lane[] Varied(int count, (string, SettingValue)[] shape) =>
        [.. Enumerable.Range(0, count).Select(k => Bench.Lane(Family, (uint)(k * 7 + 1),
        [
            .. Small, .. shape,
            ("learning_rate", new Real(1e-3 * (1 + k % 4))),
            ("clip", new Real(k % 2 == 0 ? 1 : .01)),
            ("reconstruction_weight", new Real(k % 3)),
            ("reconstruction", new Text(k % 2 == 0 ? "mean" : "last")),
            ("carry", new Text(new[] { "memory", "all", "none" }[k % 3])),
            ("scale", new Text(new[] { "2/hd", "1/hd", "1/h", "none" }[k % 4])),
            ("write", new Flag(k % 5 != 4)),
            ("plateau_factor", new Real(k % 4 == 1 ? .9 : 1)),
            ("plateau_patience", new Real(2)),
        ]))];

    private static double[] Solved(int steps, params (string, SettingValue)[] settings)
    {
        using var bench = Seeds(3, settings).Train(steps);
        return bench.Measure("steps_to_solve");
    }

    private static Bench Seeds(int count, params (string, SettingValue)[] settings) => new(Family,
        [.. Enumerable.Range(0, count).Select(seed => Bench.Lane(Family, (uint)seed, settings))]);
}
