using System.Collections.Immutable;
using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>Phases of dam that train all sets together.</summary>
public sealed class DamJointTests
{
    private const int Sets = 3;
    private static readonly Dam Family = new();

    [Fact]
    public void Batches_come_from_all_sets_alike_and_within_a_set_as_the_lane_says()
    {
        var data = Data(Lane(1, ("sampling", new Text("zipf"))));
        var (bySet, byRank, places) = (new int[Sets], new int[16], new long[16]);
        for (var step = 0; step < 5000; step++)
        {
            data.Draw(0, step, places);
            foreach (var place in places) (bySet[place / 16], byRank[place % 16]) =
                (bySet[place / 16] + 1, byRank[place % 16] + 1);
        }

        var whole = Enumerable.Range(1, 16).Sum(i => 1.0 / i);
        bySet.ShouldAllBe(count => Math.Abs(count / 80e3 - 1 / 3.0) < .01);
        for (var i = 0; i < 16; i++) (byRank[i] / 80e3 * (i + 1)).ShouldBe(1 / whole, .05);
    }

    [Fact]
    public void A_batch_depends_on_seed_and_step_alone()
    {
        var (one, other) = (Data(Lane(4)), Data(Lane(9), Lane(4)));
        var (first, second) = (new long[16], new long[16]);
        for (var step = 0; step < 3; step++) other.Draw(1, step, second);
        one.Draw(0, 2, first);

        first.ShouldBe(second);
        other.Draw(0, 2, second);
        first.ShouldNotBe(second);
    }

    [Theory]
    [InlineData("empty"), InlineData("zeros")]
    public void Steps_and_sets_are_as_the_description_says(string initial)
    {
        using var trace = new DamTrace(3, DamArithmeticTests.Sizes([6, 7, 20, 3, 4],
            ("init_std", new Real(.5)), ("learning_rate", new Real(.05)),
            ("initial_memory", new Text(initial))));
        trace.Step();
        trace.Step();
        trace.Begin(PhaseStart.Joint, DamTrace.Replace("return", "learn", false), clears: false);
        for (var i = 0; i < 8; i++)
        {
            var expected = DamSolution.Of(trace.Problem());
            var found = trace.Step();
            found.Loss.ShouldBe(expected.Loss, 1e-5, $"step {i}");
            found.Accuracy.ShouldBe(expected.Accuracy, 1e-6, $"step {i}");
            foreach (var set in Enumerable.Range(0, Sets))
                Value(trace.Bench, "set_loss", set).ShouldBe(DamSolution.Of(
                    trace.Problem() with { Batch = trace.SequencesOf(set) }).Loss, 1e-5);
        }
    }

    [Fact]
    public void Every_set_is_known_afterwards()
    {
        using var joint = Joint([.. Enumerable.Range(0, 6).Select(seed => Lane((uint)seed,
            ("memory_size", new Integer(192))))]).Train(500);

        for (var set = 0; set < Sets; set++) Value(joint, "set_accuracy", set)
            .ShouldBeInRange(.65, Value(joint, "set_ceiling", set));
        joint.Measure("present_stored").ShouldAllBe(share => share > .8);
        joint.Measure("ceiling").ShouldAllBe(ceiling => ceiling < .86);    // 48 sequences, not 16
    }

    [Fact]
    public void Sequences_are_named_among_those_of_all_sets()
    {
        using var joint = Joint(Lane(2, ("variant", new Text("infonce")))).Train(1500);

        // By chance it would be 1 of 48.
        joint.Measure("accuracy")[0].ShouldBeInRange(.15, joint.Measure("ceiling")[0]);
        Value(joint, "set_chance", 1).ShouldBe(1 / 16.0);
    }

    [Theory, MemberData(nameof(DamLaneTests.Shapes), MemberType = typeof(DamLaneTests))]
    public void A_lane_and_its_points_do_not_depend_on_its_neighbours(
        string what, int[] sizes, (string, SettingValue)[] settings)
    {
        var lanes = DamLaneTests.Varied(5, sizes, settings);
        var few = sizes[1] < 100 ? 9 : 2;
        using var fused = Joint(lanes).Train(few);
        var (rows, records) = Point(fused);
        for (var k = 0; k < lanes.Length; k += 2)
        {
            using var alone = Joint(lanes[k]).Train(few);
            var (own, ownRecords) = Point(alone);
            rows[k].ShouldBe(own[0], what);
            foreach (var (array, other) in records.Zip(ownRecords))
                array.Lane(k).Bytes.ToArray().ShouldBe(other.Bytes.ToArray(), array.Name);
            foreach (var (name, bytes) in alone.StateOf(0))
                fused.StateOf(k)[name].ShouldBe(bytes, $"{what}, {name}");
        }
    }

    private static Bench Joint(params Lane[] lanes)
    {
        var bench = new Bench(Family, Sets, [], lanes);
        using var scope = new TensorScope();
        bench.Model.Begin(new PhaseStart(PhaseStart.Joint), step: 0);
        return bench;
    }

    private static DamData Data(params Lane[] lanes)
    {
        var data = new DamData(
            new Lanes(lanes, Device.Cpu) { Sets = Sets }, new LaneState(lanes.Length));
        Array.Fill(data.Present, PhaseStart.Joint);
        return data;
    }

    private static (double[][] Rows, IReadOnlyList<NamedArray> Records) Point(Bench bench)
    {
        using var scope = new TensorScope();
        var rows = bench.Model.Measure(bench.Steps, Evaluation.All);
        return (rows, bench.Model.Records(bench.Steps));
    }

    // The mean over the lanes.
    private static double Value(Bench bench, string measure, int set)
    {
        var column = Family.Schema.Columns(["A", "B", "C"]).IndexOf($"{measure}.{"ABC"[set]}");
        return Point(bench).Rows.Average(row => row[column]);
    }

    private static Lane Lane(uint seed, params (string, SettingValue)[] settings) => Bench.Lane(
        Family, seed, [.. DamArithmeticTests.Sizes([12, 16, 64, 8, 16],
            ("learning_rate", new Real(3e-2)), ("init_std", new Real(.01))), .. settings]);
}
