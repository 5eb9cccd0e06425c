using System.Text;
using Mneme.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Cli;

/// <summary>What a trial's memory looks like, at any step that was trained.</summary>
[Collection(TheProgram.Name)]
public sealed class MemoryCommandTests(FinishedExperiment finished) : IDisposable
{
    private const int Failed = 1, Usage = 2;

    private const string Dam = """
        name: queue
        model: dam
        measure_every: 10
        seeds: 2
        settings: {sequence_length: 6, sequences: 5, memory_size: 8, heads: 2, batch_size: 4}
        schedule:
          - {phase: before, steps: 30}
          - {phase: after, switch: redraw, steps: 20}
        """;

    private const string Transformer = """
        name: saves
        model: sequence-switch
        measure_every: 10
        seeds: 2
        settings: {sequences: 5, sequence_length: 6, heads: 1, features: 4, batch_size: 4}
        schedule:
          - {phase: before, steps: 20}
          - {phase: after, switch: redraw, save: first, steps: 20}
        """;

    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task A_queue_fills_turns_over_and_is_cleared_by_a_switch()
    {
        await Train();

        (await Show("--step", "0")).ShouldContain("fill                0 of 8 places");
        (await Show("--step", "1")).ShouldContain("fill                4 of 8 places");
        var full = await Show("--step", "30");
        full.ShouldContain("step                30, of which 30 were trained again");
        full.ShouldContain("fill                8 of 8 places");
        full.ShouldContain("age                 0 to 7 sequences, 1 steps");
        full.ShouldContain("age  set  sequence   entry\n");
        // A switch belongs to the step after it.
        (await Show("--step", "31")).ShouldContain("in 4 entries");
        (await Show()).ShouldContain("step                50, from its checkpoint");
    }

    [Fact]
    public async Task A_difference_counts_what_came_went_and_stayed()
    {
        await Train();

        var begun = await Run("diff", "0", "--from", "0", "--to", "1");
        begun.ShouldContain("came    4 entries");
        begun.ShouldContain("went    0 entries");
        var moved = await Run("diff", "0", "--from", "29", "--to", "30", "--rows", "0");
        var (came, went, stayed) = (Count(moved, "came"), Count(moved, "went"),
            Count(moved, "stayed"));
        (came + stayed, went + stayed).ShouldBe((8, 8));
        came.ShouldBeLessThanOrEqualTo(4);
        (await Run("diff", "0", "--from", "30", "--to", "30")).ShouldContain("stayed  8 entries");
        (await Run("diff", "0", "--with", "1")).ShouldContain("to      trial 1, step 50");
    }

    [Fact]
    public async Task An_export_holds_what_is_shown()
    {
        await Train();

        var said = await Run("export", "1", "--step", "20", "--to", "memory.safetensors");
        said.ShouldBe("memory.safetensors: bits [8, 6], age [8], set [8], sequence [8] "
            + "of trial 1 at step 20\n");
        await Run("export", "1", "--step", "20", "--format", "npy", "--to", "bits.npy");

        var file = Safetensors.Read(place.Bytes("memory.safetensors"));
        file.Metadata["fill"].ShouldBe("8 of 8 places");
        file.Metadata["step"].ShouldBe("20");
        var bits = file.Arrays.Single(array => array.Name == "bits").As<sbyte>().ToArray();
        var shown = await Run("show", "1", "--step", "20");
        foreach (var row in bits.Chunk(6))
            shown.ShouldContain(string.Concat(row.Select(bit => bit > 0 ? '+' : '-')) + "\n");
        place.Bytes("bits.npy").AsSpan()[^48..].SequenceEqual(
            System.Runtime.InteropServices.MemoryMarshal.AsBytes<sbyte>(bits)).ShouldBeTrue();
        Encoding.ASCII.GetString(place.Bytes("bits.npy")).ShouldContain("'|i1'");
        Directory.GetFiles(place.Path, "*.tmp").ShouldBeEmpty();
    }

    [Fact]
    public async Task Written_weights_are_those_of_the_last_token_and_zero_before_the_first()
    {
        var before = await Of(finished.Place, "show", "0", "--step", "0");
        before.ShouldContain("last written    nothing yet");
        before.ShouldContain("weight0 [1, 4, 2]\n            0            0\n");
        (await Of(finished.Place, "show", "0")).ShouldContain("last written    token ");
        (await Of(finished.Place, "diff", "0", "--to", "60"))
            .ShouldMatch(@"weight0 +[0-9.E-]+ +[0-9.E-]+\n");
    }

    [Fact]
    public async Task A_transformers_counters_and_saves_are_shown_compared_and_exported()
    {
        await Train(Transformer);

        var before = await Show("--step", "20");
        before.ShouldContain("of which 20 were trained again");
        before.ShouldContain("80 in this phase, of ");
        before.ShouldContain("nothing yet");
        var after = await Show();
        after.ShouldContain("saved 'first'");
        after.ShouldContain("trained on set 0, the newest");
        (await Run("diff", "0", "--from", "21", "--to", "40")).ShouldMatch(
            @"saved/first/lm_head.bias +0 +0\n");
        await Run("export", "0", "--to", "saved.safetensors");
        var file = Safetensors.Read(place.Bytes("saved.safetensors"));
        file.Arrays[0].Name.ShouldBe("appearances");
        file.Arrays[0].As<int>().ToArray().Sum().ShouldBe(80);
        file.Arrays.Single(array => array.Name == "saved/first/c_attn.weight")
            .Shape.ShouldBe([12, 4]);
    }

    [Fact]
    public async Task What_cannot_be_shown_is_refused_with_the_reason()
    {
        await Train();

        (await Ask(place, "show", "2")).ShouldBeRefused(Usage, "'queue' has no trial 2");
        (await Ask(place, "show", "0", "--step", "51")).ShouldBeRefused(
            Failed, "trained up to step 50: there is no step 51 yet");
        (await Ask(place, "export", "0", "--to", "x.npy", "--format", "npy", "--array", "nothing"))
            .ShouldBeRefused(Usage, "no array 'nothing'; expected one of bits, age");
        (await Ask(place, "export", "0", "--to", "no/such/folder/x"))
            .ShouldBeRefused(Failed, "no/such/folder/x: cannot be written");
        (await Ask(place, "show", "0", "--out", "elsewhere")).ShouldBeRefused(
            Failed, "elsewhere: no experiment 'queue' was begun there");
        Directory.Exists(place.At("elsewhere")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_stopped_experiment_is_shown_and_a_running_one_is_not()
    {
        place.Write("spec.yaml", SampleSpecs.Endless.Replace("long", "queue"));
        using var running = place.Start(["run", "spec.yaml", .. SampleSpecs.Pieces]);
        (await running.Until(() => place.Checkpoints("queue") > 1)).ShouldBeTrue();
        (await Ask(place, "show", "1")).ShouldBeRefused(
            Failed, "experiment 'queue' is being run by another process");
        running.Send(RunningProgram.Interrupt);
        await running.End();

        (await Run("show", "1", "--step", "450")).ShouldContain("step            450, of which ");
        (await Ask(place, "show", "1", "--step", "12000000")).ShouldBeRefused(
            Failed, "is trained up to step");
    }

    private async Task Train(string spec = Dam)
    {
        place.Write("spec.yaml", spec);
        (await place.Run("run", "spec.yaml")).ShouldBeFine();
    }

    private Task<string> Show(params string[] options) => Run(["show", "0", .. options]);

    private async Task<string> Run(params string[] arguments) =>
        (await Ask(place, arguments)).ShouldBeFine().Output;

    private static async Task<string> Of(Workplace place, params string[] arguments) =>
        (await Ask(place, arguments, "small.yaml")).ShouldBeFine().Output;

    private static Task<Ended> Ask(Workplace place, params string[] arguments) =>
        Ask(place, arguments, "spec.yaml");

    private static Task<Ended> Ask(Workplace place, string[] arguments, string spec) =>
        place.Run(["trial", "memory", arguments[0], spec, .. arguments[1..]]);

    private static int Count(string output, string word) => int.Parse(output.Split('\n')
        .Single(line => line.StartsWith(word, StringComparison.Ordinal))
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
}
