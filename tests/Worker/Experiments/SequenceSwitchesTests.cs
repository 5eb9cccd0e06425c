using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>What the switches of sequence-switch change, what they leave alone, and what the
/// records tell.</summary>
public sealed class SequenceSwitchesTests
{
    private static readonly string[] Parts = ["embeddings", "attention", "norm", "mlp", "head"];

    private static readonly Dictionary<string, string> OneOf = new()
    {
        ["embeddings"] = "wpe.weight", ["attention"] = "c_attn.weight", ["norm"] = "ln_f.weight",
        ["mlp"] = "linear_modules.1.weight", ["head"] = "lm_head.weight",
    };

    [Fact]
    public void A_frozen_part_keeps_its_weights_its_moments_and_its_count_of_steps()
    {
        foreach (var frozen in Parts)
        {
            using var bench = SequenceBench.Small(1).Train(20);
            bench.Switch("freeze", 0, null, ("freeze", new Texts([frozen])));
            var before = bench.StateOf(0);
            var after = bench.Train(20).StateOf(0);
            foreach (var part in Parts)
            {
                var moves = part != frozen;
                Differs(before, after, OneOf[part]).ShouldBe(moves, part);
                Differs(before, after, $"adam/{part}/mean0").ShouldBe(moves, part);
                BitConverter.ToInt64(after[$"adam/{part}/steps"]).ShouldBe(moves ? 40 : 20);
            }
            // A redraw lets everything learn again.
            var thawed = bench.Switch("redraw", 1).Train(1).StateOf(0);
            Differs(after, thawed, OneOf[frozen]).ShouldBeTrue(frozen);
        }
    }

    [Fact]
    public void A_fresh_optimiser_forgets_and_a_kept_one_goes_on()
    {
        using var bench = SequenceBench.Small(1).Train(20).Switch("redraw", 1).Train(5);
        BitConverter.ToInt64(bench.StateOf(0)["adam/mlp/steps"]).ShouldBe(25);
        bench.Switch("redraw", 2, null, ("optimiser", new Text("fresh")));
        bench.StateOf(0)["adam/mlp/variance0"].ShouldAllBe(value => value == 0);
        BitConverter.ToInt64(bench.Train(3).StateOf(0)["adam/mlp/steps"]).ShouldBe(3);
    }

    [Fact]
    public void A_swap_puts_the_named_parts_back_and_leaves_the_others()
    {
        using var bench = SequenceBench.Small(2).Train(20);
        var old = bench.StateOf(1);
        bench.Switch("redraw", 1, save: "first").Train(20);
        var before = bench.StateOf(1);
        bench.Switch("swap", 1, null, ("saved", new Text("first")));
        var after = bench.StateOf(1);

        foreach (var (part, name) in OneOf)
            after[name].ShouldBe((part is "mlp" or "head" ? old : before)[name], part);
        after["adam/mlp/mean0"].ShouldBe(before["adam/mlp/mean0"]);
    }

    [Fact]
    public void The_rescue_columns_are_those_of_a_swap_carried_out()
    {
        using var bench = SequenceBench.Small(3).Train(150);
        bench.Measure("swap_accuracy").ShouldAllBe(value => double.IsNaN(value));
        var reference = bench.Measure("set_accuracy.A");
        bench.Switch("redraw", 1, save: "first").Train(50);
        var (swap, attention) = (
            bench.Measure("swap_accuracy"), bench.Measure("swap_attention_accuracy"));
        bench.Measure("reference_accuracy").ShouldBe(reference);

        bench.Switch("swap", 1, null, ("saved", new Text("first")),
            ("parts", new Texts(["attention"])));
        bench.Measure("set_accuracy.A").ShouldBe(attention);
        bench.Switch("swap", 1, null, ("saved", new Text("first")),
            ("parts", new Texts([.. Parts])));
        bench.Measure("set_accuracy.A").ShouldBe(reference);
        swap.ShouldAllBe(value => value > .3 && value < .8);
    }

    [Fact]
    public void A_probe_has_its_own_rate_and_one_set_for_all_lanes()
    {
        using var bench = SequenceBench.Small(2).Train(20);
        bench.Switch("probe", PhaseStart.Apart, null, ("sequences", new Integer(9)),
            ("learning_rate", new Real(5e-3)), ("threshold", new Real(.3)));
        var sets = Of(bench.Records(), "sequences");
        sets.Shape.ShouldBe([2, 9, 12]);
        var (one, other) = (sets.Bytes[..108].ToArray(), sets.Bytes[108..].ToArray());
        one.ShouldBe(other);
        BitConverter.ToSingle(bench.StateOf(0)["learning_rate"]).ShouldBe(5e-3f);
        bench.Train(15).Measure("probe_iterations").ShouldBe([9, 9]);
        bench.Measure("learned_share").ShouldAllBe(value => double.IsNaN(value));

        bench.Switch("return", 0);
        BitConverter.ToSingle(bench.StateOf(0)["learning_rate"]).ShouldBe(3e-3f);
        bench.Measure("probe_iterations").ShouldAllBe(value => double.IsNaN(value));
    }

    [Fact]
    public void A_point_counts_appearances_and_shows_every_row()
    {
        using var bench = SequenceBench.Small(2, ("eval_stride", new Integer(3)),
            ("log_appearances", new Integer(50)), ("distribution", new Text("zipf")));
        Of(bench.Records(), "sequences").Shape.ShouldBe([2, 16, 12]);
        var records = bench.Train(30).Records(Evaluation.Seen);

        records.ShouldNotContain(array => array.Name == "sequences");
        Of(records, "sequence_rank").As<long>()[..6].ToArray().ShouldBe([0, 3, 6, 9, 12, 15]);
        Of(records, "set").As<long>().ToArray().ShouldAllBe(set => set == 0);
        Of(records, "row_accuracy").Shape.ShouldBe([2, 6]);
        Of(records, "batch_accuracy").Shape.ShouldBe([2, 30]);
        var counts = Of(records, "appearances").As<int>().ToArray();
        var ranks = Of(records, "batch_ranks").As<long>().ToArray();
        counts.Sum().ShouldBe(2 * 30 * 16);
        for (var rank = 0; rank < 16; rank++)
            ranks[..(30 * 16)].Count(r => r == rank).ShouldBe(counts[rank]);
        Of(records, "batch_losses").As<float>()[..480].ToArray().Average(loss => (double)loss)
            .ShouldBe(Of(records, "train_loss").As<double>()[0], 1e-6);

        bench.Switch("redraw", 1);
        var start = bench.Records();
        Of(start, "appearances").As<int>().ToArray().ShouldAllBe(count => count == 0);
        double.IsNaN(Of(start, "train_loss").As<double>()[0]).ShouldBeTrue();
        Of(start, "row_loss").Shape.ShouldBe([2, 18]);
        BitConverter.ToInt64(bench.StateOf(0)["appearances/total"]).ShouldBe(480);
    }

    [Fact]
    public void Only_sets_that_were_seen_are_measured_between_borders()
    {
        using var bench = SequenceBench.Small(1).Train(5);
        double.IsNaN(bench.Measure("set_loss.B", Evaluation.Seen)[0]).ShouldBeTrue();
        bench.Measure("set_loss.B")[0].ShouldBe(Math.Log(2), .05);
        bench.Switch("redraw", 1).Train(1);
        bench.Measure("set_chance.B", Evaluation.Seen).ShouldBe([.5]);
        bench.Measure("set_loss.A", Evaluation.Seen)[0].ShouldBeGreaterThan(0);
        bench.Measure("set_band_0.A")[0].ShouldBe(
            bench.Measure("set_accuracy.A")[0] / bench.Measure("set_ceiling.A")[0], 1e-9);
        double.IsNaN(bench.Measure("set_band_1000.A")[0]).ShouldBeTrue();
    }

    private static NamedArray Of(IReadOnlyList<NamedArray> records, string name) =>
        records.First(array => array.Name == name);

    private static bool Differs(
        Dictionary<string, byte[]> one, Dictionary<string, byte[]> other, string name) =>
        !one[name].AsSpan().SequenceEqual(other[name]);
}
