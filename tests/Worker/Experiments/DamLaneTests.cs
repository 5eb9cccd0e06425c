using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>Lane k of K equals the trial run alone, bit for bit, across switches and forks.
/// </summary>
public sealed class DamLaneTests
{
    private static readonly Dam Family = new();

    public static TheoryData<string, int[], (string, SettingValue)[]> Shapes => new()
    {
        { "odd sizes", [7, 5, 13, 3, 4], [] },
        { "one head", [9, 6, 20, 1, 7], [] },
        { "zeros", [6, 7, 15, 2, 5], [("initial_memory", new Text("zeros"))] },
        { "infonce", [7, 9, 1, 3, 4], [("variant", new Text("infonce"))] },
        { "tiles of a part of a lane", [12, 900, 40, 4, 60], [] },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void A_lane_equals_the_trial_run_alone_across_switches(
        string what, int[] sizes, (string, SettingValue)[] settings)
    {
        var lanes = Varied(8, sizes, settings);
        var few = sizes[1] < 100 ? 25 : 3;
        using var fused = Story(few, lanes);
        for (var k = 0; k < lanes.Length; k += 3)
        {
            using var alone = Story(few, lanes[k]);
            ShouldBeEqual(fused.StateOf(k), alone.StateOf(0), $"{what}, lane {k}");
        }
    }

    [Theory]
    [InlineData(3), InlineData(37), InlineData(90)]
    public void Neither_the_number_of_lanes_nor_their_order_matters(int count)
    {
        var lanes = Varied(count, [12, 16, 64, 8, 16]);
        using var fused = Story(8, lanes);
        using var reversed = Story(8, [.. lanes.Reverse()]);

        for (var k = 0; k < count; k++)
            ShouldBeEqual(
                fused.StateOf(k), reversed.StateOf(count - 1 - k), $"lane {k} of {count}");
    }

    [Fact]
    public void A_fork_goes_on_bit_for_bit_whatever_its_new_neighbours_are()
    {
        var lanes = Varied(4, [8, 6, 30, 3, 5]);
        using var whole = new Bench(Family, lanes).Train(30);
        using var kept = new Bench(Family, lanes[3], lanes[1]);
        using var other = new Bench(Family, lanes).Train(30);
        // Lanes of two checkpoints, of which one was switched and still stores its former set.
        Switch(other, "freeze_A", 30, clear: false);
        var (before, after) = (Saved(whole), Saved(other));
        kept.Model.State.Load([before, after], [new(0, 3), new(1, 1)]);
        Steps(whole, 30, 45);
        Steps(other, 30, 45);
        Steps(kept, 30, 45);
        ShouldBeEqual(kept.StateOf(0), whole.StateOf(3), "not switched");
        ShouldBeEqual(kept.StateOf(1), other.StateOf(1), "switched");

        foreach (var bench in new[] { whole, other, kept })
            bench.Model.Begin(new PhaseStart(Set: 2, DamTrace.Redraw("learn")), 45);
        foreach (var bench in new[] { whole, other, kept }) Steps(bench, 45, 60);
        ShouldBeEqual(kept.StateOf(0), whole.StateOf(3), "switched once");
        ShouldBeEqual(kept.StateOf(1), other.StateOf(1), "switched twice");
    }

    [Fact]
    public void A_lane_driven_to_NaN_changes_no_other_lane_and_keeps_its_weights()
    {
        var lanes = Varied(4, [8, 6, 30, 3, 5]);
        using var fused = new Bench(Family, lanes).Train(10);
        using var healthy = new Bench(Family, lanes[3]).Train(110);
        var logits = fused.Model.State.Save().First(array => array.Name == "B_logits");
        var values = MemoryMarshal.Cast<byte, float>(logits.Bytes.Span).ToArray();
        values[2 * 3 * 8] = float.NaN;
        fused.Model.State.Set("B_logits", values);
        fused.Train(100);
        var broken = fused.StateOf(2)["A_logits"];

        fused.Model.DivergedAt(2).ShouldNotBeNull();
        fused.Model.DivergedAt(3).ShouldBeNull();
        ShouldBeEqual(fused.StateOf(3), healthy.StateOf(0), "the neighbour");
        fused.Train(20).StateOf(2)["A_logits"].ShouldBe(broken);
    }

    [Fact]
    public void Measuring_changes_nothing()
    {
        var lanes = Varied(3, [8, 6, 30, 3, 5]);
        using var measured = new Bench(Family, lanes);
        using var other = new Bench(Family, lanes).Train(40);
        for (var i = 0; i < 40; i++) measured.Train(1).Measure("loss");
        other.Measure("loss");

        ShouldBeEqual(measured.StateOf(1), other.StateOf(1), "lane 1");
    }

    // Learns, meets a new set beside the old one, then one alone.
    internal static Bench Story(int steps, params Lane[] lanes)
    {
        var bench = new Bench(Family, lanes).Train(steps);
        Switch(bench, "freeze_A", steps, clear: false);
        bench.Train(steps);
        Switch(bench, "scratch", 2 * steps);
        return bench.Train(steps);
    }

    internal static void Switch(Bench bench, string mode, long step, bool clear = true)
    {
        using var scope = new TensorScope();
        var set = BitConverter.ToInt64(bench.StateOf(0)["set"]);
        bench.Model.Begin(
            new PhaseStart((int)set + 1, DamTrace.Redraw(mode, clear)), step);
    }

    private static void Steps(Bench bench, long from, long to)
    {
        for (var step = from; step < to; step++)
        {
            using var scope = new TensorScope();
            bench.Model.Step(step);
        }
    }

    private static SafetensorsFile Saved(Bench bench) => new(
        [.. bench.Model.State.Save()], ImmutableSortedDictionary<string, string>.Empty);

    // Lanes that differ in everything that may differ inside a cohort.
    internal static Lane[] Varied(
        int count, int[] sizes, params (string, SettingValue)[] settings) =>
        [.. Enumerable.Range(0, count).Select(k => Bench.Lane(Family, (uint)(k * 7 + 1),
        [
            .. DamArithmeticTests.Sizes(sizes, settings),
            ("eta", new Real(1 + k % 5 * 4)),
            ("learning_rate", new Real(.01 * (1 + k % 3))),
            ("init_std", new Real(.1 * (1 + k % 2))),
            ("sampling", new Text(k % 3 == 1 ? "zipf" : "uniform")),
            ("include_n0", new Flag(k % 4 == 3)),
        ]))];

    private static void ShouldBeEqual(
        Dictionary<string, byte[]> actual, Dictionary<string, byte[]> expected, string what)
    {
        foreach (var (name, bytes) in expected)
            actual[name].AsSpan().SequenceEqual(bytes).ShouldBeTrue($"'{name}' differs: {what}");
    }
}
