using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>Lane k of K equals the trial run alone, bit for bit, across switches, forks and
/// checkpoints.</summary>
public sealed class SequenceLaneTests
{
    public static TheoryData<string, (string, SettingValue)[]> Shapes => new()
    {
        { "small", [] },
        { "odd sizes", [("heads", new Integer(3)), ("features", new Integer(5)),
            ("mlp_size", new Integer(7)), ("batch_size", new Integer(5))] },
        { "one feature", [("heads", new Integer(1)), ("features", new Integer(1)),
            ("sequence_length", new Integer(2)), ("batch_size", new Integer(1))] },
        { "long sequences", [("sequence_length", new Integer(37)), ("features", new Integer(17)),
            ("heads", new Integer(2)), ("mlp_layers", new Integer(1))] },
        { "gpt", [("architecture", new Text("gpt")), ("layers", new Integer(2)),
            ("features", new Integer(3))] },
        { "heads and neck", [("architecture", new Text("heads_mlp_gpt")),
            ("layers", new Integer(2)), ("mlp_size", new Integer(11))] },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void A_lane_equals_the_trial_run_alone_across_switches(
        string what, (string, SettingValue)[] shape)
    {
        var lanes = Varied(5, shape);
        using var fused = Story(lanes);
        for (var k = 0; k < lanes.Length; k += 2)
        {
            using var alone = Story(lanes[k]);
            ShouldBeEqual(fused.StateOf(k), alone.StateOf(0), $"{what}, lane {k}");
        }
    }

    [Theory]
    [InlineData(3), InlineData(37)]
    public void Neither_the_number_of_lanes_nor_their_order_matters(int count)
    {
        var lanes = Varied(count);
        using var fused = Story(lanes);
        using var reversed = Story([.. lanes.Reverse()]);
        for (var k = 0; k < count; k++)
            ShouldBeEqual(
                fused.StateOf(k), reversed.StateOf(count - 1 - k), $"lane {k} of {count}");
    }

    [Fact]
    public void A_lane_driven_to_NaN_changes_no_other_lane_and_keeps_its_weights()
    {
        var lanes = Varied(4);
        using var fused = new SequenceBench(lanes).Train(10);
        using var healthy = new SequenceBench(lanes[3]).Train(110);
        var saved = fused.Model.State.Save().First(array => array.Name == "wte.weight");
        var values = MemoryMarshal.Cast<byte, float>(saved.Bytes.Span).ToArray();
        values[2 * values.Length / 4] = float.NaN;
        fused.Model.State.Set("wte.weight", values);
        fused.Train(100);
        var broken = fused.StateOf(2)["c_attn.weight"];
        fused.Measure("loss");
        healthy.Measure("loss");

        fused.Model.DivergedAt(2).ShouldNotBeNull();
        fused.Model.DivergedAt(3).ShouldBeNull();
        ShouldBeEqual(fused.StateOf(3), healthy.StateOf(0), "the neighbour");
        fused.Train(20).StateOf(2)["c_attn.weight"].ShouldBe(broken);
    }

    [Fact]
    public void A_run_that_was_cut_gives_the_same_bytes_even_with_its_lanes_gathered_anew()
    {
        var lanes = Varied(4, ("log_appearances", new Integer(10)));
        foreach (var cut in new[] { 7, 20, 25, 31, 45, 49 })
        {
            using var whole = new SequenceBench(lanes);
            using var first = new SequenceBench(lanes);
            using var second = new SequenceBench(lanes[3], lanes[1]);
            Points(whole, 0, 60);
            Points(first, 0, cut);
            second.Model.State.Load([Saved(first)], [new(0, 3), new(0, 1)]);
            second.SkipTo(cut);
            var found = Points(second, cut, 60);
            ShouldBeEqual(second.StateOf(0), whole.StateOf(3), $"cut at {cut}");
            ShouldBeEqual(second.StateOf(1), whole.StateOf(1), $"cut at {cut}");

            using var again = new SequenceBench(lanes);
            Points(again, 0, cut);
            var expected = Points(again, cut, 60);
            for (var i = 0; i < found.Count; i++)
                LaneOf(found[i], 0, 2).ShouldBe(LaneOf(expected[i], 3, 4), expected[i].Name);
        }
    }

    [Fact]
    public void Measuring_changes_nothing()
    {
        var lanes = Varied(2);
        using var measured = new SequenceBench(lanes);
        using var other = new SequenceBench(lanes).Train(30);
        for (var i = 0; i < 30; i++) measured.Train(1).Measure("set_accuracy.B");
        other.Measure("loss");

        ShouldBeEqual(measured.StateOf(1), other.StateOf(1), "lane 1");
    }

    [Fact]
    public void Every_instruction_set_gives_the_same_bits()
    {
        var lanes = Varied(2, ("features", new Integer(21)));
        try
        {
            Dictionary<string, byte[]>? expected = null;
            foreach (var name in new[] { "basic", "avx2", "avx512" })
            {
                if (Native.SelectKernels(name) == 0) continue;
                using var bench = Story(lanes);
                ShouldBeEqual(bench.StateOf(1), expected ??= bench.StateOf(1), name);
            }
        }
        finally { Native.SelectKernels(null); }
    }

    // A set, a redraw, a swap on it, a probe, and the first set again.
    internal static SequenceBench Story(params Lane[] lanes)
    {
        var bench = new SequenceBench(lanes);
        Points(bench, 0, 60);
        return bench;
    }

    // Trains from one step to another with what happens on the way; returns the records.
    private static List<NamedArray> Points(SequenceBench bench, long from, long to)
    {
        var records = new List<NamedArray>();
        for (var step = from; step < to; step++)
        {
            Begin(bench, step);
            bench.Train(1);
            if (bench.Steps % 5 == 0) records.AddRange(bench.Records());
        }
        return records;
    }

    private static void Begin(SequenceBench bench, long step)
    {
        if (step == 20) bench.Switch("redraw", 1, "first", ("freeze", new Texts(["attention"])));
        if (step == 30) bench.Switch("swap", 1, null, ("saved", new Text("first")));
        if (step == 40)
            bench.Switch("probe", PhaseStart.Apart, null, ("sequences", new Integer(9)));
        if (step == 50) bench.Switch("return", 0, null, ("optimiser", new Text("fresh")));
    }

    // Lanes that differ in everything that may differ inside a cohort.
    private static Lane[] Varied(int count, params (string, SettingValue)[] shape) =>
        [.. Enumerable.Range(0, count).Select(k => SequenceBench.Lane((uint)(k * 7 + 1),
        [
            .. shape,
            ("learning_rate", new Real(1e-3 * (1 + k % 4))),
            ("weight_decay", new Real(.01 * (k % 3))),
            ("distribution", new Text(k % 2 == 0 ? "uniform" : "zipf")),
            ("zipf_exponent", new Real(1 + k % 2 * .5)),
            ("init_std", new Real(.02 * (1 + k % 3))),
            ("attention", new Text(k % 5 == 4 ? "zero_frozen" : "learned")),
        ]))];

    private static SafetensorsFile Saved(SequenceBench bench) => new(
        [.. bench.Model.State.Save()], ImmutableSortedDictionary<string, string>.Empty);

    private static byte[] LaneOf(NamedArray array, int lane, int lanes)
    {
        var size = array.Bytes.Length / lanes;
        return array.Bytes.Slice(lane * size, size).ToArray();
    }

    private static void ShouldBeEqual(
        Dictionary<string, byte[]> actual, Dictionary<string, byte[]> expected, string what)
    {
        foreach (var (name, bytes) in expected)
            actual[name].AsSpan().SequenceEqual(bytes).ShouldBeTrue($"'{name}' differs: {what}");
    }
}
