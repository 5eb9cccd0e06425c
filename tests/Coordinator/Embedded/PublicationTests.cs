using Microsoft.Data.Sqlite;
using Mneme.Tests.Coordinator.Cli;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Embedded;

[Collection(TheProgram.Name)]
public sealed class PublicationTests(FinishedExperiment finished) : IDisposable
{
    private readonly Workplace place = finished.Copy();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task Deleted_results_are_published_again_without_training()
    {
        var before = place.Snapshot();
        Directory.Delete(place.At("results/small"), recursive: true);

        var ended = await place.Run("run", "small.yaml");

        ended.ShouldBeFine().Output.ShouldContain("Everything was trained already.");
        place.Snapshot().ShouldBe(before, ignoreOrder: true);
    }

    // Memory-mlp has six measures; a version of the program had three.
    [Theory]
    [InlineData("run", "small.yaml"), InlineData("experiment", "report", "small.yaml")]
    public async Task Points_of_a_version_with_other_measures_are_told_apart(
        params string[] command)
    {
        using (var journal = new SqliteConnection(
            $"Data Source={place.At("results/.mneme/small/journal.db")};Pooling=False"))
        {
            journal.Open();
            using var halve = journal.CreateCommand();
            halve.CommandText = "UPDATE result SET points = substr(points, 1, length(points) / 2)";
            halve.ExecuteNonQuery().ShouldBePositive();
        }

        var ended = await place.Run(command);

        ended.ExitCode.ShouldBe(1);
        ended.Errors.ShouldContain("was trained by a version of this program that takes other");
        ended.Errors.ShouldContain("--discard");
    }

    [Fact]
    public async Task Discarded_results_stay_until_the_new_ones_are_complete()
    {
        var before = place.Snapshot();
        place.Write("small.yaml", SampleSpecs.Long
            .Replace("name: long", "name: small", StringComparison.Ordinal));
        var old = place.Checkpoint("small");
        string[] command = ["run", "small.yaml", .. SampleSpecs.Pieces];
        using (var killed = place.Start([.. command, "--discard"]))
        {
            (await killed.Until(() => !File.Exists(old) && place.Checkpoints("small") > 2))
                .ShouldBeTrue();
            killed.Send(RunningProgram.Kill);
            await killed.End();
        }
        place.Snapshot().ShouldBe(before, ignoreOrder: true);

        (await place.Run(command)).ShouldBeFine();

        var after = place.Snapshot();
        after["small.pkl"].ShouldNotBe(before["small.pkl"]);
        after.Keys.Where(file => file.EndsWith("config.json")).Count().ShouldBe(4);
        (await place.Run("experiment", "verify", "small.yaml")).ShouldBeFine();
    }
}
