using System.Collections.Immutable;
using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>Lane k of K equals the trial run alone, bit for bit, whatever its neighbours
/// do.</summary>
public sealed class LaneIndependenceTests
{
    private const int Steps = 60;
    private static readonly MemoryMlp Family = new();

    public static TheoryData<string, (string, SettingValue)[]> Shapes => new()
    {
        { "as published", [] },
        { "three tokens", [("vocab_size", new Integer(3)), ("memory_dims", new Integers([3]))] },
        { "a batch", [("batch_size", new Integer(5))] },
        {
            "two layers",
            [("hidden_dims", new Integers([33, 17])), ("memory_dims", new Integers([2, 3]))]
        },
        { "odd sizes", [("embedding_dim", new Integer(7)), ("hidden_dims", new Integers([13]))] },
        { "no memory", [("memory_dims", new Integers([0]))] },
        { "second order", [("second_order", new Flag(true)), ("hidden_dims", new Integers([9, 5])),
            ("memory_dims", new Integers([2, 2])), ("batch_size", new Integer(2))] },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void A_lane_equals_the_trial_run_alone(string what, (string, SettingValue)[] shape)
    {
        var lanes = Varied(8, shape);
        using var fused = new Bench(Family, lanes).Train(Steps);

        for (var k = 0; k < lanes.Length; k += 3)
        {
            using var alone = new Bench(Family, lanes[k]).Train(Steps);
            ShouldBeEqual(fused.StateOf(k), alone.StateOf(0), $"{what}, lane {k}");
        }
    }

    [Theory]
    [InlineData(3), InlineData(37), InlineData(64)]
    public void Neither_the_number_of_lanes_nor_their_order_matters(int count)
    {
        var lanes = Varied(count);
        using var fused = new Bench(Family, lanes).Train(Steps);
        using var reversed = new Bench(Family, [.. lanes.Reverse()]).Train(Steps);

        for (var k = 0; k < count; k++)
            ShouldBeEqual(
                fused.StateOf(k), reversed.StateOf(count - 1 - k), $"lane {k} of {count}");
    }

    [Fact]
    public void A_lane_driven_to_NaN_changes_no_other_lane_and_says_so()
    {
        var lanes = Varied(5);
        lanes[2] = Bench.Lane(Family, 2, ("learning_rate", new Real(1e30)));
        using var fused = new Bench(Family, lanes).Train(200);
        using var healthy = new Bench(Family, lanes[3]).Train(200);
        fused.Measure("loss");

        fused.Model.DivergedAt(2).ShouldNotBeNull();
        fused.Model.DivergedAt(3).ShouldBeNull();
        ShouldBeEqual(fused.StateOf(3), healthy.StateOf(0), "the neighbour");
    }

    [Fact]
    public void A_diverged_lane_stays_as_it_was()
    {
        using var bench = new Bench(Family, Bench.Lane(
            Family, 2, ("learning_rate", new Real(1e30)))).Train(200);
        var before = bench.StateOf(0)["weight0"];

        bench.Train(100).StateOf(0)["weight0"].ShouldBe(before);
    }

    [Fact]
    public void A_cohort_saved_and_loaded_goes_on_bit_for_bit_even_with_its_lanes_gathered_anew()
    {
        var lanes = Varied(4);
        using var whole = new Bench(Family, lanes).Train(150);
        using var first = new Bench(Family, lanes).Train(70);
        var saved = new SafetensorsFile(
            [.. first.Model.State.Save()], ImmutableSortedDictionary<string, string>.Empty);
        using var second = new Bench(Family, lanes[3], lanes[1]);
        second.Model.State.Load([saved], [new(0, 3), new(0, 1)]);
        for (var step = 70L; step < 150; step++)
        {
            using var scope = new Mneme.Worker.Torch.TensorScope();
            second.Model.Step(step);
        }

        ShouldBeEqual(second.StateOf(0), whole.StateOf(3), "lane 3");
        ShouldBeEqual(second.StateOf(1), whole.StateOf(1), "lane 1");
    }

    // Lanes that differ in everything that may differ inside a cohort.
    private static Lane[] Varied(int count, params (string, SettingValue)[] shape) =>
        [.. Enumerable.Range(0, count).Select(k => Bench.Lane(Family, (uint)(k * 7 + 1),
        [
            .. shape,
            ("learning_rate", new Real(1e-4 * (1 + k % 4))),
            ("memory_learning_rate", new Real(0.1 + k % 5)),
            ("inner_steps", new Integer(k % 3)),
            ("reset", new Text(k % 4 == 3 ? "never" : "every_step")),
            ("write", new Text(k % 5 == 4 ? "unrelated" : "token")),
            ("target_switch_at", k % 2 == 0 ? new Nothing() : new Integer(30)),
        ]))];

    private static void ShouldBeEqual(
        Dictionary<string, byte[]> actual, Dictionary<string, byte[]> expected, string what)
    {
        foreach (var (name, bytes) in expected)
            actual[name].AsSpan().SequenceEqual(bytes).ShouldBeTrue($"'{name}' differs: {what}");
    }
}
