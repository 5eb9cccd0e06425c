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

/// <summary>How dam does on whole sets, its own and others, and what a point records.</summary>
public sealed class DamSetTests
{
    private const int Sets = 3;
    private static readonly Dam Family = new();

    public static TheoryData<string, int[], (string, SettingValue)[]> Shapes => new()
    {
        { "queue", [6, 7, 20, 3, 4], [] },
        { "more sequences than are read at once", [5, 300, 40, 2, 8], [] },
        { "the first bit too", [5, 6, 11, 2, 3], [("include_n0", new Flag(true))] },
        { "zeros", [5, 4, 9, 2, 3], [("initial_memory", new Text("zeros"))] },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Every_sequence_of_a_set_is_read_as_the_description_says(
        string what, int[] sizes, (string, SettingValue)[] settings)
    {
        using var trace = Trace(sizes, settings);
        for (var i = 0; i < 9; i++)
        {
            if (i == 4) trace.Switch("learn", clear: false);
            if (i == 7) trace.Switch("learn");
            if (i == 8) trace.Begin(0, DamTrace.Replace("return", "learn", false), false);
            for (var set = 0; set < Sets; set++)
            {
                var expected = DamSolution.Of(
                    trace.Problem() with { Batch = trace.SequencesOf(set) });
                Value(trace, "set_loss", set).ShouldBe(expected.Loss, 1e-5, $"{what}, {i}");
                Value(trace, "set_accuracy", set).ShouldBe(expected.Accuracy, 1e-6, what);
            }
            trace.Step();
        }
    }

    [Fact]
    public void A_set_is_named_among_its_own_sequences()
    {
        using var trace = Trace([6, 9, 1, 4, 5], ("variant", new Text("infonce")));
        trace.Bench.Train(200);

        for (var set = 0; set < Sets; set++)
        {
            Value(trace, "set_chance", set).ShouldBe(1 / 9.0);
            Value(trace, "set_accuracy", set).ShouldBeInRange(
                .3, Value(trace, "set_ceiling", set) + 1e-9);
        }
        // A set that was never trained is named as well by the skill alone, not much worse.
        (Value(trace, "set_accuracy", 0) - Value(trace, "set_accuracy", 1)).ShouldBeLessThan(.3);
    }

    [Fact]
    public void A_stored_set_is_recalled_and_one_that_is_not_is_guessed()
    {
        using var bench = Small(12);
        bench.Train(500);

        Mean(bench, "set_accuracy", 0).ShouldBeInRange(.8, Mean(bench, "set_ceiling", 0));
        Mean(bench, "set_accuracy", 1).ShouldBe(.5, .06);
        Mean(bench, "set_loss", 1).ShouldBeGreaterThan(Math.Log(2));
        Mean(bench, "set_chance", 0).ShouldBe(.5);
        Mean(bench, "set_ceiling", 1).ShouldBe(.88, .02);
        bench.Measure("ceiling").Average().ShouldBe(Mean(bench, "set_ceiling", 0), 1e-12);
    }

    [Fact]
    public void Sets_that_a_lane_has_not_met_are_left_out_where_they_are_not_asked_for()
    {
        using var bench = Small(2);
        bench.Train(10);
        using var scope = new TensorScope();
        foreach (var row in bench.Model.Measure(10, Evaluation.Seen))
            foreach (var measure in Family.Schema.SetMeasures)
                Enumerable.Range(0, Sets).Select(set => double.IsNaN(row[Column(measure, set)]))
                    .ShouldBe([false, true, true], measure);

        bench.Model.Begin(new PhaseStart(2, DamTrace.Redraw("learn")), 10);
        foreach (var row in bench.Model.Measure(10, Evaluation.Seen))
        {
            Enumerable.Range(0, Sets).Select(set => double.IsNaN(
                row[Column("set_accuracy", set)])).ShouldBe([false, true, false]);
            row[Column("set_accuracy", 2)].ShouldBe(.5);        // the memory is empty
            double.IsNaN(row[0]).ShouldBeTrue();                // no step yet: no mean over steps
        }
    }

    [Theory, MemberData(nameof(Shapes))]
    public void What_a_point_tells_of_a_lane_does_not_depend_on_its_neighbours(
        string what, int[] sizes, (string, SettingValue)[] settings)
    {
        var lanes = DamLaneTests.Varied(5, sizes, settings);
        using var fused = Story(lanes);
        var (rows, records) = Point(fused);
        for (var k = 0; k < lanes.Length; k += 2)
        {
            using var alone = Story(lanes[k]);
            var (own, ownRecords) = Point(alone);
            rows[k].ShouldBe(own[0], what);
            foreach (var (array, other) in records.Zip(ownRecords))
                array.Lane(k).Bytes.ToArray().ShouldBe(other.Bytes.ToArray(), array.Name);
        }
    }

    [Fact]
    public void Reading_sets_changes_nothing_that_training_reads()
    {
        using var read = Small(3);
        using var other = Small(3);
        for (var i = 0; i < 20; i++)
        {
            Point(read);
            read.Train(1);
        }
        other.Train(20);
        Point(read);
        Point(other);

        foreach (var (name, bytes) in other.StateOf(1))
            read.StateOf(1)[name].ShouldBe(bytes, name);
    }

    [Fact]
    public void Records_hold_what_the_published_log_has_and_the_set_where_a_phase_begins()
    {
        using var bench = Small(2);
        var (_, start) = Point(bench);
        start.Single(a => a.Name == "sequences").Shape.ShouldBe([2L, 16, 12]);
        bench.Train(30);
        var (rows, records) = Point(bench);

        records.Select(array => array.Name).ShouldNotContain("sequences");
        float[] Of(string name) => records.Single(a => a.Name == name).Lane(1).As<float>()
            .ToArray();
        Of("A_logits_mean").Length.ShouldBe(12);
        Of("B_logits_mean").Length.ShouldBe(12);
        Of("A_correlation_offdiag_mean").Length.ShouldBe(12);
        Of("A_correlation_offdiag_mean")[1..].Average().ShouldBe((float)rows[1][5], 1e-5f);
        Of("A_sharpness").Average().ShouldBe((float)rows[1][4], 1e-5f);
        Of("A_sharpness")[0].ShouldBe(1);
        Of("accuracy_by_position").Average()
            .ShouldBe((float)rows[1][Column("set_accuracy", 0)], 1e-5f);
        Of("ceiling_by_position").Average()
            .ShouldBe((float)rows[1][Column("set_ceiling", 0)], 1e-5f);
        Of("ceiling_by_position")[^1].ShouldBe(1);

        bench.Model.Begin(new PhaseStart(1, DamTrace.Redraw("none")), 30);
        var (_, next) = Point(bench);
        next.Single(a => a.Name == "phase").As<long>().ToArray().ShouldBe([1L, 1]);
        next.Single(a => a.Name == "set").As<long>().ToArray().ShouldBe([1L, 1]);
        var (before, after) = (start[^1].As<sbyte>().ToArray(), next[^1].As<sbyte>().ToArray());
        after.ShouldAllBe(bit => bit == 1 || bit == -1);
        after.Zip(before).Count(pair => pair.First != pair.Second).ShouldBeGreaterThan(100);
    }

    private static double Value(DamTrace trace, string measure, int set) =>
        Values(trace.Bench, measure, set)[0];

    private static double Mean(Bench bench, string measure, int set) =>
        Values(bench, measure, set).Average();

    private static double[] Values(Bench bench, string measure, int set)
    {
        using var scope = new TensorScope();
        return [.. bench.Model.Measure(bench.Steps, Evaluation.All)
            .Select(row => row[Column(measure, set)])];
    }

    private static int Column(string measure, int set) => Family.Schema.Columns(["A", "B", "C"])
        .IndexOf($"{measure}.{"ABC"[set]}");

    private static (double[][] Rows, IReadOnlyList<NamedArray> Records) Point(Bench bench)
    {
        using var scope = new TensorScope();
        var rows = bench.Model.Measure(bench.Steps, Evaluation.All);
        return (rows, bench.Model.Records(bench.Steps));
    }

    private static Bench Story(params Lane[] lanes)
    {
        var bench = new Bench(Family, Sets, ImmutableArray<string>.Empty, lanes).Train(9);
        using (new TensorScope())
            bench.Model.Begin(new PhaseStart(2, DamTrace.Redraw("learn", clear: false)), 9);
        return bench.Train(3);
    }

    private static Bench Small(int seeds) => new(Family, Sets, [],
        [.. Enumerable.Range(0, seeds).Select(seed => Bench.Lane(Family, (uint)seed,
            DamArithmeticTests.Sizes([12, 16, 64, 8, 16],
                ("learning_rate", new Real(3e-2)), ("init_std", new Real(.01)))))]);

    private static DamTrace Trace(int[] sizes, params (string, SettingValue)[] settings) =>
        new(3, DamArithmeticTests.Sizes(sizes,
            [("init_std", new Real(.5)), ("learning_rate", new Real(.05)), .. settings]));
}
