using System.Globalization;
using System.Text.RegularExpressions;
using Mneme.Results;
using Mneme.Tests.Worker.Weights;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Cli;

/// <summary>A user's own text as a memory, and a GPT-2 that writes with it.</summary>
[Collection(TheProgram.Name)]
public sealed class TextMemoryCommandTests : IDisposable
{
    private const int Failed = 1, Usage = 2;

    private const string Spec = """
        name: writing
        model: gpt2-text
        steps: 6
        measure_every: 2
        seeds: 2
        settings:
          weights: gpt2
          prompt: Cats are horrible
          text_file: cats.txt
          answer: lovely
          active_layers: [1, 2]
          minimum_factor: 5
          new_tokens: 6
        search:
          method: grid
          parameters:
            method: [none, context, type1, type2, type3]
        """;

    private readonly Workplace place = new();

    public TextMemoryCommandTests()
    {
        var net = new TinyGpt2(TinyGpt2.Literate);
        net.Write(place.At("gpt2"));
        net.WriteConfig(place.At("gpt2"));
        place.Write("cats.txt", "Cats are lovely.\nThe sea is near, and cats are near the sea.\n");
    }

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task A_text_is_stored_shown_searched_and_exported()
    {
        (await Build("--to", "cats.memory")).ShouldBeFine().Output
            .ShouldContain("text    19 tokens, 18 stored\nlayers  1, 2\n");

        var shown = (await Memory("show", "cats.memory", "--rows", "3")).ShouldBeFine().Output;
        shown.ShouldMatch(@"0 +34 +C\n +1 +1381 +ats\n +2 +389 +are\n");
        shown.ShouldContain("... and 15 more");
        var found = (await Memory("search", "cats.memory", "cats are near", "--weights", "gpt2",
            "--rows", "2")).ShouldBeFine().Output;
        found.ShouldContain("layer  head  token");
        found.Split('\n').Count(line => line.Contains(" near  ")).ShouldBe(4);
        (await Memory("export", "cats.memory", "--to", "cats.safetensors")).ShouldBeFine();
        var file = Safetensors.Read(place.Bytes("cats.safetensors"));
        file.Arrays.Single(array => array.Name == "layer2/keys").Shape.ShouldBe([2, 18, 8]);
        (await Memory("export", "cats.memory", "--to", "keys.npy", "--format", "npy", "--array",
            "layer1/keys")).ShouldBeFine().Output.ShouldBe("keys.npy: layer1/keys [2, 18, 8]\n");
    }

    [Fact]
    public async Task A_row_that_is_looked_up_by_its_own_text_is_no_farther_than_rounding()
    {
        (await Build("--to", "cats.memory")).ShouldBeFine();

        // Up to here the two texts, and so their keys, are the same.
        var found = (await Memory("search", "cats.memory", "Cats are lovely", "--weights", "gpt2",
            "--neighbours", "1")).ShouldBeFine().Output;

        found.ShouldContain("Cats are[ lovely]");
        var distances = DistancesOfRow3(found);
        distances.Length.ShouldBe(4);
        distances.ShouldAllBe(distance => distance < 1e-10);
    }

    /// <summary>How far row 3 is from the last token, by layer and head.</summary>
    private static double[] DistancesOfRow3(string found) => [.. Regex
        .Matches(found, @" lovely +3 +(\S+)  ")
        .Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];

    [Fact]
    public async Task What_cannot_be_stored_or_searched_is_refused_with_the_reason()
    {
        (await Build("--to", "cats.memory")).ShouldBeFine();
        new TinyGpt2(TinyGpt2.Literate, seed: 9).Write(place.At("other"));
        File.WriteAllBytes(place.At("cut.memory"), place.Bytes("cats.memory")[..900]);
        place.Write("long.txt", string.Concat(Enumerable.Repeat("word ", 96)));

        (await Build("--layers", "3", "--to", "x")).ShouldBeRefused(
            Failed, "there is no layer 3: the net has 2");
        (await Build("--layers", "two", "--to", "x")).ShouldBeRefused(
            Usage, "--layers is 'two'; expected whole numbers from 1, with commas");
        (await Build("--text", "long.txt", "--to", "x")).ShouldBeRefused(
            Failed, "the net reads 96: shorten it");
        (await Build("--weights", "nowhere", "--to", "x")).ShouldBeRefused(
            Failed, "nowhere: there is no such file or folder of weights");
        (await Build("--to", "no/such/folder")).ShouldBeRefused(Failed, "cannot be written");
        (await Memory("search", "cats.memory", "cats", "--weights", "other")).ShouldBeRefused(
            Failed, "cats.memory: it was made by another net");
        (await Memory("show", "cut.memory")).ShouldBeRefused(Failed, "cut.memory: ");
        (await Memory("show", "gpt2/model.safetensors")).ShouldBeRefused(
            Failed, "model.safetensors: it is no memory of a text");
        File.Exists(place.At("x")).ShouldBeFalse();
    }

    [Fact]
    public async Task An_experiment_that_was_killed_writes_the_same_bytes()
    {
        place.Write("spec.yaml", Spec);
        (await place.Run("run", "spec.yaml")).ShouldBeFine().Output.ShouldContain("type3");

        (await place.Run("experiment", "verify", "spec.yaml", "--kills", "2",
            "--segment-steps", "2")).ShouldBeFine().Output.ShouldContain("pickles that differ 0");
        (await Memory("show", "spec.yaml", "4")).ShouldBeFine().Output.ShouldContain("wrote");
    }

    [Fact]
    public async Task An_experiment_without_a_net_or_with_a_damaged_one_is_refused_at_its_start()
    {
        place.Write("spec.yaml", Spec.Replace("weights: gpt2", "weights: nowhere"));
        (await place.Run("run", "spec.yaml")).ShouldBeRefused(
            Usage, "nowhere: there is no such file or folder of weights");
        place.Write("spec.yaml", Spec.Replace("  weights: gpt2\n", ""));
        (await place.Run("run", "spec.yaml")).ShouldBeRefused(
            Usage, "weights names no file of a GPT-2");
        File.WriteAllBytes(place.At("cut"), place.Bytes("gpt2/model.safetensors")[..90_000]);
        place.Write("spec.yaml", Spec.Replace("weights: gpt2", "weights: cut"));
        (await place.Run("run", "spec.yaml")).ShouldBeRefused(Usage, "cut: array 'wte.weight'");
    }

    // With the usual options, but for those given.
    private Task<Ended> Build(params string[] options)
    {
        var usual = new Dictionary<string, string>
        {
            ["--weights"] = "gpt2", ["--text"] = "cats.txt", ["--layers"] = "1,2",
        };
        foreach (var pair in options.Chunk(2)) usual[pair[0]] = pair[1];
        return Memory(["build", .. usual.SelectMany(pair => new[] { pair.Key, pair.Value })]);
    }

    private Task<Ended> Memory(params string[] arguments) =>
        place.Run(["trial", "memory", .. arguments]);
}
