using Mneme.Language;
using Mneme.Specs;
using Mneme.Plans;
using Mneme.Results;
using Mneme.Tests.Tidy;
using Mneme.Tests.Worker.Torch;
using Mneme.Tests.Worker.Weights;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using Mneme.Worker.Weights;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>How a GPT-2 of a user's files writes on, and what its lanes promise.</summary>
[Collection("live tensors")]
public sealed class Gpt2TextTests : IDisposable
{
    private static readonly Gpt2Text Family = new();
    private readonly string folder = Directory.CreateTempSubdirectory("mneme-text-").FullName;

    public Gpt2TextTests()
    {
        var net = new TinyGpt2(TinyGpt2.Literate);
        net.Write(folder);
        net.WriteConfig(folder);
    }

    [Theory]
    [InlineData("bookkeeping_filter", 1.0), InlineData("neighbours", 0)]
    public void A_memory_that_nothing_reads_writes_the_very_text_of_none(string name, double value)
    {
        SettingValue silent = name == "neighbours" ? new Integer((long)value) : new Real(value);
        using var alone = Written(Lane(1, ("method", new Text("none"))));
        using var closed = Written(Lane(
            1, ("method", new Text("type1")), ("minimum_factor", new Real(0)), (name, silent)));

        Texts(closed).ShouldBe(Texts(alone));
        foreach (var measure in Family.Schema.Measures.Where(m => m != "selected_share"
            && m != "searches_per_token"))
            closed.Measure(measure).ShouldBe(alone.Measure(measure), measure);
    }

    [Theory]
    [InlineData("context"), InlineData("type1"), InlineData("type2"), InlineData("type3")]
    [InlineData("replace")]
    public void Each_method_writes_another_text_from_the_same_draws(string method)
    {
        using var alone = Written(Lane(1, ("method", new Text("none"))));
        using var other = Written(Lane(1, ("method", new Text(method))));
        using var again = Written(Lane(1, ("method", new Text(method))));

        Texts(other).ShouldNotBe(Texts(alone));
        Texts(again).ShouldBe(Texts(other));
        other.Measure("samples").ShouldBe([3]);
    }

    [Fact]
    public void Shuffling_the_stored_values_changes_what_is_written()
    {
        using var right = Written(Lane(1));
        using var shuffled = Written(Lane(1, ("memory", new Text("shuffled"))));

        Texts(shuffled).ShouldNotBe(Texts(right));
        right.Measure("selected_share")[0].ShouldBeInRange(1e-9, 1);
        right.Measure("searches_per_token")[0].ShouldBeGreaterThan(0);
    }

    [Fact]
    public void The_chance_of_an_answer_is_what_sampling_gives_it()
    {
        // The first token of nearly any sample, so that few samples tell.
        using var bench = Written(Lane(1, ("new_tokens", new Integer(1)), ("top_k", new Integer(2)),
            ("method", new Text("none"))));
        var likely = TextFiles.Encoding.Decode(
            [.. bench.Model.Records(3)[0].As<long>()]);
        likely.ShouldStartWith(" ");
        using var asked = new Bench(Family, Lane(1, ("new_tokens", new Integer(1)),
            ("top_k", new Integer(2)), ("method", new Text("none")),
            ("answer", new Text(likely[1..])))).Train(200);

        var chance = asked.Measure("p_answer")[0];
        chance.ShouldBeInRange(asked.Measure("answered_low")[0] - .05,
            asked.Measure("answered_high")[0] + .05);
    }

    [Fact]
    public void A_lane_equals_the_trial_run_alone() =>
        LaneProof.NeitherNeighboursNorOrderMatter(Family, 2, Lanes(4));

    [Fact]
    public void A_cohort_saved_and_loaded_goes_on_bit_for_bit() =>
        LaneProof.ASavedCohortGoesOn(Family, 4, Lanes(2));

    [Fact]
    public void Writing_leaks_no_tensors() => TrainingThread.Run(() =>
    {
        Gpt2Models.FreeUnused();
        var before = Tensor.LiveCount;
        using (var bench = new Bench(Family, Lanes(2)).Train(2))
        {
            var during = Tensor.LiveCount;
            bench.Train(3);
            Tensor.LiveCount.ShouldBe(during);
        }
        Gpt2Models.FreeUnused();
        Tensor.LiveCount.ShouldBe(before);
    });

    [Fact]
    public void A_net_that_was_exchanged_since_is_refused()
    {
        using var scope = new TensorScope();
        using var bench = Written(Lane(1));
        var checkpoint = new MemoryStream();
        Safetensors.Write(checkpoint, bench.Model.State.Save(), new Dictionary<string, string>());
        new TinyGpt2(TinyGpt2.Literate, seed: 4).Write(folder);
        using var other = new Bench(Family, Lane(1));

        other.Model.State.Load(
            [Safetensors.Read(checkpoint.ToArray())], [new LaneSource(0, 0)]);

        Should.Throw<UnusableInputException>(() => other.Train(1)).Message.ShouldBe(
            $"{folder} holds another net than the one that this trial began with");
    }

    [Fact]
    public void Prompt_and_new_tokens_must_fit_into_the_net() =>
        Should.Throw<UnusableInputException>(() => new Bench(
            Family, Lane(1, ("new_tokens", new Integer(92)))))
            .Message.ShouldStartWith("the net reads 96 tokens; prompt and new tokens are 97");

    [Fact]
    public void A_layer_that_the_net_has_not_is_refused() =>
        Should.Throw<UnusableInputException>(() => new Bench(
            Family, Lane(1, ("active_layers", new Integers([1, 3])))))
            .Message.ShouldBe("active_layers has 3, the net has 2");

    [Fact]
    public void The_specs_praise_of_cats_has_the_published_properties()
    {
        var file = Path.Combine(Repository.Root, "experiments/gpt2-sentiment.yaml");
        var spec = SpecReader.Read(file, [Family.Schema]).Spec!;
        var text = ((Text)spec.Settings.Single(s => s.Name == "text").Value).Value;

        var feeling = TextFiles.Sentiment.Of(text);
        feeling.Compound.ShouldBeGreaterThan(.98);
        feeling.Positive.ShouldBeInRange(.32, .42);
        feeling.Negative.ShouldBe(0);
        TextFiles.Encoding.Encode("\n" + text).Length.ShouldBeInRange(80, 100);
    }

    public void Dispose()
    {
        Gpt2Models.FreeUnused();
        Directory.Delete(folder, recursive: true);
    }

    private Lane Lane(uint seed, params (string, SettingValue)[] settings) => Bench.Lane(
        Family, seed,
        [
            ("weights", new Text(folder)), ("prompt", new Text("Cats are horrible")),
            ("text", new Text("Cats are lovely, and the sea is near.")),
            ("answer", new Text("lovely")), ("active_layers", new Integers([1, 2])),
            ("minimum_factor", new Real(5)), ("new_tokens", new Integer(8)), .. settings,
        ]);

    private Lane[] Lanes(int count) => [.. Enumerable.Range(0, count).Select(k => Lane(
        (uint)(k * 5 + 1), ("temperature", new Real(.5 + .3 * (k % 3))),
        ("top_k", new Integer(k % 2 == 0 ? 200 : 10)), ("memory", new Text("shuffled"))))];

    private static Bench Written(Lane lane) => new Bench(Family, lane).Train(3);

    private static long[] Texts(Bench bench) => [.. bench.Model.Records(3)[0].As<long>()];
}
