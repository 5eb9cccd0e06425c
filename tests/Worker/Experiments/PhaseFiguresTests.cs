using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>Online accuracy and what a phase took, of every family that has them.</summary>
public sealed class PhaseFiguresTests
{
    private static readonly ExperimentFamily[] Families = [new Dam(), new SequenceSwitch()];

    [Fact]
    public void Online_accuracy_is_the_mean_over_all_batches_of_the_phase_before_their_updates()
    {
        foreach (var family in Families)
        {
            using var bench = Small(family, 1);
            double.IsNaN(bench.Measure("online_accuracy")[0]).ShouldBeTrue();
            var first = Mean(bench, 130);
            bench.Measure("online_accuracy")[0].ShouldBe(first, 1e-9);
            Begin(bench);
            double.IsNaN(bench.Measure("online_accuracy")[0]).ShouldBeTrue();
            bench.Measure("samples").ShouldBe([0]);
            var second = Mean(bench, 150);

            bench.Measure("online_accuracy")[0].ShouldBe(second, 1e-9);
            bench.Measure("online_accuracy")[0].ShouldNotBe(first);
            bench.Measure("samples").ShouldBe([150 * 4]);
        }
    }

    [Theory]
    [InlineData(1), InlineData(99), InlineData(100), InlineData(131)]
    public void Online_accuracy_has_the_same_bits_through_a_cut(int cut)
    {
        foreach (var family in Families)
        {
            using var whole = Small(family, 3).Train(210);
            using var first = Small(family, 3).Train(cut);
            using var second = Small(family, 1);
            second.Model.State.Load(
                [new([.. first.Model.State.Save()],
                    ImmutableSortedDictionary<string, string>.Empty)],
                [new(0, 2)]);
            second.SkipTo(cut);
            first.Measure("loss");          // reading in between changes nothing
            second.Train(210 - cut).Measure("online_accuracy")[0]
                .ShouldBe(SameSeed(whole.Measure("online_accuracy")));
        }

        static double SameSeed(double[] byLane) => byLane[2];
    }

    [Fact]
    public void A_queue_holds_bytes_for_each_sequence_and_counts_its_writes()
    {
        using var bench = Small(Families[0], 1).Train(3);

        bench.Measure("memory_bytes").ShouldBe([3 * 4 * 12 * 4]);
        bench.Measure("memory_writes").ShouldBe([3 * 4]);
        bench.Train(50).Measure("memory_bytes").ShouldBe([32 * 12 * 4]);
        bench.Measure("memory_writes").ShouldBe([53 * 4]);
    }

    [Fact]
    public void Saved_parts_are_bytes_held_from_their_save_on()
    {
        using var bench = Small(Families[1], 2).Train(2);
        bench.Measure("memory_bytes").ShouldBe([0, 0]);
        Begin(bench, save: "kept");

        var numbers = bench.Model.State.Save()
            .Where(array => array.Name.StartsWith("saved/kept/", StringComparison.Ordinal)
                && array.Name != "saved/kept/set").Sum(array => array.Bytes.Length);
        bench.Measure("memory_bytes").ShouldBe([numbers / 2.0, numbers / 2.0]);
    }

    // The ring of the last 100 steps tells each step's share of right predictions.
    private static double Mean(Bench bench, int steps)
    {
        var sum = 0.0;
        for (var i = 0; i < steps; i++)
        {
            bench.Train(1);
            var hits = MemoryMarshal.Cast<byte, float>(bench.StateOf(0)["log/hits"]);
            sum += hits[(int)((bench.Steps - 1) % TrainingLog.Window)];
        }
        return sum / steps;
    }

    private static void Begin(Bench bench, string? save = null)
    {
        using var scope = new TensorScope();
        bench.Model.Begin(new PhaseStart(1, Save: save), bench.Steps);
    }

    private static Bench Small(ExperimentFamily family, int lanes)
    {
        (string, SettingValue)[] settings = family is Dam
            ? DamArithmeticTests.Sizes([12, 16, 32, 3, 4])
            : [("sequences", new Integer(16)), ("sequence_length", new Integer(12)),
                ("heads", new Integer(2)), ("features", new Integer(4)),
                ("batch_size", new Integer(4))];
        return new Bench(family, 2, family is Dam ? [] : ["kept"],
            [.. Enumerable.Range(0, 3).TakeLast(lanes).Select(seed =>
                Bench.Lane(family, (uint)seed, settings))]);
    }
}
