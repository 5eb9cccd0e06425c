using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>What dam must reach, and what it must not.</summary>
public sealed class DamTests
{
    private const int Phase = 500;
    private static readonly Dam Family = new();
    private static readonly float Ln2 = (float)Math.Log(2);

    [Fact]
    public void Twelve_lanes_learn_to_recall_and_learn_again_after_a_redraw()
    {
        using var bench = Small(12).Train(Phase);
        bench.Measure("accuracy").Average().ShouldBeInRange(.79, .89);
        bench.Measure("ceiling").Average().ShouldBeInRange(.869, .892);
        var early = Small(12).Train(100).Measure("accuracy").Average();

        After(bench, "learn", 100).Average().ShouldBeGreaterThan(early + .05);
        bench.Train(Phase - 100).Measure("accuracy").ShouldAllBe(accuracy => accuracy >= .75);
        bench.Measure("loss").Average().ShouldBeInRange(.3, .9);
        bench.Measure("accuracy_of_ceiling").Average().ShouldBeGreaterThan(.9);
        bench.Measure("sharpness").ShouldAllBe(sharpness => sharpness > .4 && sharpness < .9);
    }

    [Fact]
    public void The_skill_is_in_both_weights_and_without_learning_none_is_left()
    {
        double[] Accuracy(string mode)
        {
            using var bench = Small(12).Train(Phase);
            var accuracy = After(bench, mode, Phase);
            if (mode != "none") return accuracy;
            bench.Measure("loss").ShouldAllBe(loss => loss > 1);
            bench.Measure("loss").Average().ShouldBeGreaterThan(2);
            return accuracy;
        }

        var learn = Accuracy("learn").Average();
        Accuracy("freeze_A").Average().ShouldBeInRange(.6, learn - .05);
        Accuracy("freeze_B").Average().ShouldBeLessThan(learn);
        Accuracy("scratch").Average().ShouldBeInRange(.79, .89);
        Accuracy("none").ShouldAllBe(accuracy => accuracy <= .63);
    }

    [Fact]
    public void One_head_learns_less_and_has_no_correlation()
    {
        using var one = Small(6, ("heads", new Integer(1))).Train(Phase);
        using var eight = Small(6).Train(Phase);

        one.Measure("accuracy").Average().ShouldBeInRange(.65, .75);
        one.Measure("head_correlation").ShouldAllBe(value => double.IsNaN(value));
        eight.Measure("head_correlation").ShouldAllBe(value => value > -.2 && value < 1);
    }

    [Fact]
    public void InfoNce_names_the_sequence_and_transfers_without_learning()
    {
        using var bench = Small(6, ("variant", new Text("infonce"))).Train(Phase);
        var before = bench.Measure("accuracy").Average();
        var ceiling = bench.Measure("ceiling").Average();

        before.ShouldBeInRange(.8 * ceiling, 1.02 * ceiling);
        After(bench, "none", 200).Average().ShouldBeGreaterThan(.7 * before);
        bench.Measure("memory_fill").ShouldAllBe(fill => fill == 1);
    }

    [Theory]
    [InlineData("learn", true), InlineData("none", false), InlineData("scratch", true)]
    public void With_an_empty_memory_nothing_is_known_and_nothing_learned(
        string mode, bool hasHistory)
    {
        using var trace = new DamTrace(4, DamArithmeticTests.Sizes([8, 6, 30, 3, 5]));
        if (hasHistory) trace.Bench.Train(1);
        trace.Switch(mode);
        var (a, b) = (trace.Floats("A_logits"), trace.Floats("B_logits"));
        trace.Bench.Train(1);

        trace.Bench.Measure("memory_fill").ShouldBe([5 / 30.0]);
        trace.Floats("A_logits").ShouldBe(a);
        trace.Floats("B_logits").ShouldBe(b);
        trace.Floats("log/losses").Max().ShouldBe(Ln2);
        trace.Floats("log/hits").Max().ShouldBe(.5);
    }

    [Fact]
    public void A_mode_changes_only_what_learns_and_resets_the_optimiser_where_it_says_so()
    {
        foreach (var (mode, a, b, stepsA, stepsB) in new[]
        {
            ("learn", true, true, 38, 38), ("freeze_A", false, true, 19, 19),
            ("freeze_B", true, false, 19, 19), ("none", false, false, 19, 19),
            ("scratch", true, true, 19, 19),
        })
        {
            using var bench = Small(1).Train(20);
            DamLaneTests.Switch(bench, mode, 20);
            var before = bench.StateOf(0);
            var after = bench.Train(20).StateOf(0);

            Differs("A_logits").ShouldBe(a, mode);
            Differs("B_logits").ShouldBe(b, mode);
            BitConverter.ToInt64(after["adam_A/steps"]).ShouldBe(stepsA, mode);
            BitConverter.ToInt64(after["adam_B/steps"]).ShouldBe(stepsB, mode);

            bool Differs(string name) => !before[name].AsSpan().SequenceEqual(after[name]);
        }
    }

    [Fact]
    public void A_set_depends_on_the_seed_and_its_number_alone()
    {
        var lanes = new Lanes([DamLane(5, []), DamLane(9, [("sampling", new Text("zipf"))])],
            Mneme.Worker.Torch.Device.Cpu);
        var reversed = new Lanes([lanes[1], lanes[0]], Mneme.Worker.Torch.Device.Cpu);
        var (data, other) = (new DamData(lanes, new(2)), new DamData(reversed, new(2)));
        other.Set(1, 3);

        data.Set(0, 2).Bits.SequenceEqual(other.Set(1, 2).Bits).ShouldBeTrue();
        data.Set(0, 2).Bits.SequenceEqual(data.Set(0, 3).Bits).ShouldBeFalse();
        data.Set(0, 2).Bits.SequenceEqual(data.Set(1, 2).Bits).ShouldBeFalse();
    }

    [Fact]
    public void Ceilings_of_the_published_sizes_are_those_of_the_description()
    {
        static double Mean(int count, int length, Func<SequenceSet, double[], double[]> ceilings) =>
            Enumerable.Range(0, 20).Average(i => ceilings(
                SequenceSet.Draw(new(1, 2), i, count, length),
                [.. Enumerable.Repeat(1.0 / count, count)])[1..].Average());

        Mean(500, 50, (set, chances) => set.CeilingsOfBits(chances)).ShouldBe(.929, .002);
        Mean(500, 50, (set, chances) => set.CeilingsOfNames(chances)).ShouldBe(.839, .002);
        Mean(60, 20, (set, chances) => set.CeilingsOfBits(chances)).ShouldBe(.891, .005);
    }

    [Fact]
    public void Zipf_draws_the_first_sequences_most_often()
    {
        var lanes = new Lanes([DamLane(1, [("sampling", new Text("zipf")),
            ("zipf_exponent", new Real(1))])], Mneme.Worker.Torch.Device.Cpu);
        var data = new DamData(lanes, new(1));
        var counts = new int[16];
        var places = new long[16];
        for (var step = 0; step < 10_000; step++)
        {
            data.Draw(0, step, places);
            foreach (var place in places) counts[place]++;
        }

        var whole = Enumerable.Range(1, 16).Sum(i => 1.0 / i);
        for (var i = 0; i < 16; i++)
            (counts[i] / 160e3 * (i + 1)).ShouldBe(1 / whole, .01 * Math.Sqrt(i + 1));
    }

    [Fact]
    public void A_mean_does_not_run_across_a_switch()
    {
        using var bench = Small(1).Train(150);
        var before = bench.Measure("loss")[0];
        After(bench, "none", 1).ShouldBe([.5]);

        bench.Measure("loss")[0].ShouldBe(Ln2);
        before.ShouldNotBe(Ln2);
    }

    [Fact]
    public void The_memory_is_measured()
    {
        using var bench = Small(2).Train(3);
        bench.Measure("memory_fill").ShouldBe([.75, .75]);
        bench.Measure("distinct_stored").ShouldAllBe(count => count > 10 && count <= 16);
        After(bench, "learn", 0, clear: false).ShouldAllBe(value => double.IsNaN(value));

        bench.Measure("present_stored").ShouldBe([0, 0]);
        bench.Train(10).Measure("memory_fill").ShouldBe([1, 1]);
        bench.Measure("present_stored").ShouldAllBe(share => share > .8);
        bench.Measure("clamped_share").ShouldAllBe(share => share >= 0 && share < 1);
    }

    private static double[] After(Bench bench, string mode, int steps, bool clear = true)
    {
        DamLaneTests.Switch(bench, mode, bench.Steps, clear);
        return bench.Train(steps).Measure("accuracy");
    }

    // The description's size for quick checks.
    private static Bench Small(int seeds, params (string, SettingValue)[] settings) => new(Family,
        [.. Enumerable.Range(0, seeds).Select(seed => DamLane((uint)seed, settings))]);

    private static Lane DamLane(uint seed, (string, SettingValue)[] settings) => Bench.Lane(
        Family, seed, DamArithmeticTests.Sizes([12, 16, 64, 8, 16],
            [("learning_rate", new Real(3e-2)), ("init_std", new Real(.01)), .. settings]));
}
