using Mneme.Specs;
using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>How gpt2-knn asks, and what its lanes promise.</summary>
public sealed class Gpt2KnnTests
{
    private static readonly Gpt2Knn Family = new();

    public static TheoryData<(string, SettingValue)[]> Silent => new()
    {
        { [("bookkeeping_filter", new Real(1)), ("minimum_factor", new Real(0))] },
        { [("neighbours", new Integer(0))] },
        { [("active_layers", new Integers([3]))] },     // of a net with two
    };

    [Theory, MemberData(nameof(Silent))]
    public void A_memory_that_nothing_reads_changes_no_bit((string, SettingValue)[] settings)
    {
        using var alone = Asked(60, ("method", new Text("none")));
        using var silent = Asked(60, settings);

        silent.Measure("p_answer").ShouldBe(alone.Measure("p_answer"));
        silent.Measure("top1").ShouldBe(alone.Measure("top1"));
        silent.Measure("selected_share").ShouldAllBe(share => share == 0
            || settings[0].Item1 != "bookkeeping_filter");
    }

    [Fact]
    public void A_memory_that_is_read_changes_the_answer_and_shuffling_it_changes_it_again()
    {
        using var alone = Asked(60, ("method", new Text("none")));
        using var right = Asked(60);
        using var shuffled = Asked(60, ("memory", new Text("shuffled")));

        right.Measure("p_answer").ShouldNotBe(alone.Measure("p_answer"));
        right.Measure("p_answer").ShouldNotBe(shuffled.Measure("p_answer"));
        right.Measure("selected_share").ShouldAllBe(share => share > 0 && share <= 1);
        right.Measure("questions").ShouldAllBe(count => count == 20);
    }

    [Fact]
    public void A_short_training_learns_that_an_object_comes_from_the_context()
    {
        using var bench = new Bench(Family, Bench.Lane(
            Family, 1, ("batch_size", new Integer(16)))).Train(450);
        bench.Measure("accuracy")[0].ShouldBeGreaterThan(.3);       // chance is 1/40

        Ask(bench, ("method", new Text("context")));
        bench.Train(50);
        var context = bench.Measure("p_answer")[0];
        Ask(bench, ("method", new Text("none")));
        bench.Train(50);

        context.ShouldBeGreaterThan(2 * bench.Measure("p_answer")[0]);
    }

    [Fact]
    public void Asking_trains_nothing()
    {
        using var bench = new Bench(Family, Lanes(2)).Train(5);
        var before = bench.StateOf(1)["h.0.attn.c_attn.weight"];
        Ask(bench);

        bench.Train(5).StateOf(1)["h.0.attn.c_attn.weight"].ShouldBe(before);
    }

    [Fact]
    public void All_methods_are_asked_the_same_questions_and_draws_differ()
    {
        var lanes = new Mneme.Worker.Cohorts.Lanes(Lanes(1), Device.Cpu);
        var texts = new FactTexts(lanes);
        var first = texts.Questions("report", 3, 2)[0];

        texts.Questions("report", 3, 2)[0].Text.ShouldBe(first.Text);
        texts.Questions("choose", 3, 2)[0].Text.ShouldNotBe(first.Text);
        first.Text.Length.ShouldBe(9);
        first.Stored.ShouldContain(first.Answer);
        first.Text.Intersect(first.Irrelevant).ShouldBe([0, 1, 2]);     // line's end, the, stop
        first.Order.Order().ShouldBe(Enumerable.Range(0, 8));
    }

    [Theory]
    [InlineData(0, 10, 0, .2775), InlineData(.5, 100, .4038, .5962)]
    [InlineData(.94, 100, .8752, .9722)]
    public void Wilsons_interval_is_the_published_one(
        double share, double n, double low, double high)
    {
        Answers.Wilson(share, n).Low.ShouldBe(low, 1e-4);
        Answers.Wilson(share, n).High.ShouldBe(high, 1e-4);
    }

    [Theory]
    [InlineData("type1"), InlineData("type2"), InlineData("type3"), InlineData("replace")]
    [InlineData("context")]
    public void A_lane_equals_the_trial_run_alone(string method) =>
        LaneProof.NeitherNeighboursNorOrderMatter(Family, 6, Lanes(4), bench =>
        {
            Ask(bench, ("method", new Text(method)), ("facts", new Integer(3)));
            return bench.Train(6);
        });

    [Fact]
    public void A_cohort_saved_and_loaded_goes_on_bit_for_bit() =>
        LaneProof.ASavedCohortGoesOn(Family, 15, Lanes(3));

    [Fact]
    public void A_lane_driven_to_NaN_disturbs_nobody() => LaneProof.ADivergedLaneDisturbsNobody(
        Family, 12, Lanes(2), Bench.Lane(Family, 9, [.. Tiny, ("learning_rate", new Real(1e30)),
            ("warm_up", new Real(1)), ("clip", new Real(1e30))]), "ln_f.weight");

    [Fact]
    public void What_is_stored_can_be_looked_at()
    {
        using var bench = Asked(30, ("facts", new Integer(2)));
        using var scope = new TensorScope();

        var memory = bench.Model.Memory(0, bench.Steps)!;

        memory.Facts.ShouldContain(("rows", "8"));
        memory.Arrays.Select(array => array.Name).ShouldBe(
            ["layer1/keys", "layer1/values", "layer2/keys", "layer2/values"]);
        memory.Arrays[0].Shape.ShouldBe([2L, 8, 6]);
    }

    private static (string, SettingValue)[] Tiny =>
    [
        ("layers", new Integer(2)), ("heads", new Integer(2)), ("width", new Integer(12)),
        ("subjects", new Integer(8)), ("objects", new Integer(8)), ("batch_size", new Integer(4)),
    ];

    internal static Lane[] Lanes(int count) =>
        [.. Enumerable.Range(0, count).Select(k => Bench.Lane(Family, (uint)(k * 7 + 1),
        [
            .. Tiny, ("learning_rate", new Real(1e-3 * (1 + k % 3))),
            ("weight_decay", new Real(.01 * (k % 2))), ("warm_up", new Real(1 + k % 4)),
            ("clip", new Real(k % 2 == 0 ? 1 : .1)),
        ]))];

    internal static Bench Asked(int steps, params (string, SettingValue)[] settings)
    {
        var bench = new Bench(Family, Lanes(2)).Train(steps);
        Ask(bench, settings);
        return bench.Train(20);
    }

    private static void Ask(Bench bench, params (string Name, SettingValue Value)[] settings)
    {
        using var scope = new TensorScope();
        var all = Family.Schema.Switches[0].Settings.Select(schema => new Setting(schema.Name,
            settings.FirstOrDefault(s => s.Name == schema.Name).Value
                ?? (schema.Name == "active_layers" ? new Integers([1, 2]) : schema.Default)));
        bench.Model.Begin(
            new PhaseStart(0, new SwitchSpec("ask", [.. all])), bench.Steps);
    }
}
