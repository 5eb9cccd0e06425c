using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Cli;

/// <summary>What is wrong with an experiment file is told with its place, and nothing is
/// touched.</summary>
[Collection(TheProgram.Name)]
public sealed class RefusedSpecTests(FinishedExperiment finished)
{
    private const int Usage = 2;

    [Theory]
    [InlineData("steps: 60", "stepz: 60", ":3:1: unknown key 'stepz'; did you mean 'steps'?")]
    [InlineData("steps: 60", "steps: many", ":3:8: steps is the text 'many'; expected a whole")]
    [InlineData("steps: 60", "steps: 0", ":3:8: steps is 0; expected a whole number from 1 to")]
    [InlineData("steps: 60", "steps: 60\nsteps: 60", ":4:1: the key 'steps' is here a second time")]
    [InlineData("[1e-3, 1e30]", "[1e-3, 1e31]", ":12:27: search.parameters.learning_rate is 1e31")]
    [InlineData("memory-mlp", "memory-mlq", ":2:8: unknown model 'memory-mlq'; expected one of")]
    [InlineData("[8]", "&eight [8]", ":8:16: anchors ('&name') are not allowed")]
    [InlineData("[8]", "*eight", ":8:16: aliases ('*name') are not allowed")]
    public async Task A_wrong_line_is_named_with_its_place(string right, string wrong, string said)
    {
        var spec = SampleSpecs.Small.Replace(right, wrong, StringComparison.Ordinal);

        (await Refused(spec)).Errors.ShouldContain($"wrong.yaml{said}");
    }

    [Fact]
    public async Task A_bottomless_file_is_refused() =>
        (await Refused("a: " + new string('[', 100_000))).Errors.ShouldContain(
            "wrong.yaml:1:67: nested more than 64 deep; expected a flatter file");

    [Fact]
    public async Task A_file_over_one_mebibyte_is_refused() =>
        (await Refused(SampleSpecs.Small + new string('\n', 1 << 20))).Errors.ShouldContain(
            "wrong.yaml: larger than 1048576 bytes");

    [Fact]
    public async Task A_missing_file_is_refused() =>
        (await finished.Place.Run("run", "none.yaml"))
            .ShouldBeRefused(Usage, "none.yaml: no such file");

    private async Task<Ended> Refused(string spec)
    {
        var before = finished.Place.Snapshot();
        using var elsewhere = new Workplace();
        elsewhere.Write("wrong.yaml", spec);

        var ended = await elsewhere.Run(
            "run", "wrong.yaml", "--out", finished.Place.At("results"));

        finished.Place.Snapshot().ShouldBe(before, ignoreOrder: true);
        return ended.ShouldBeRefused(Usage);
    }
}
