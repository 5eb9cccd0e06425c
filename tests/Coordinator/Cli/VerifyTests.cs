using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Cli;

[Collection(TheProgram.Name)]
public sealed class VerifyTests(FinishedExperiment finished) : IDisposable
{
    private const int Failed = 1;
    private readonly Workplace place = finished.Copy();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task Results_as_they_were_written_are_verified() =>
        (await Verify()).ShouldBeFine().Output.ShouldContain("verified: no fault");

    [Fact]
    public async Task A_changed_file_is_noticed()
    {
        File.AppendAllText(place.At("results/small/trials.csv"), "\n");

        (await Verify()).ShouldBeRefused(
            Failed, "results/small", "trials.csv has changed", "published anew");
    }

    [Fact]
    public async Task A_missing_file_is_noticed()
    {
        File.Delete(place.At("results/small/trials/00007/metrics.csv"));

        (await Verify()).ShouldBeRefused(
            Failed, "results/small", "trials/00007/metrics.csv is missing", "published anew");
    }

    [Fact]
    public async Task An_extra_file_is_noticed()
    {
        place.Write("results/small/notes.txt", "mine");

        (await Verify()).ShouldBeRefused(
            Failed, "results/small", "notes.txt is not in the manifest", "published anew");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"files\": 3}")]
    [InlineData("{\"files\": {\"small.pkl\": 3}}")]
    public async Task A_broken_manifest_is_named(string manifest)
    {
        place.Write("results/small/manifest.json", manifest);

        (await Verify()).ShouldBeRefused(Failed, "results/small/manifest.json");
    }

    [Fact]
    public async Task Kills_without_warning_change_no_byte()
    {
        var ended = await Verify("--kills", "2", "--segment-steps", "20", "--seed", "7");

        ended.ShouldBeFine().Output.ShouldContain("kills 2, ");
        ended.Output.ShouldContain("pickles that differ 0");
    }

    private Task<Ended> Verify(params string[] options) =>
        place.Run(["experiment", "verify", "small.yaml", .. options]);
}
