using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Cli;

[Collection(TheProgram.Name)]
public sealed class RefusedCommandTests(FinishedExperiment finished)
{
    private const int Failed = 1;
    private const int Usage = 2;

    [Theory]
    [InlineData("'frobnicate'", "frobnicate")]
    [InlineData("'frobnicate'", "experiment", "frobnicate", "small.yaml")]
    [InlineData("'SPEC'", "run")]
    [InlineData("TRIAL is 'x'; expected a whole number from 0", "trial", "memory", "show",
        "small.yaml", "x")]
    [InlineData("'--frobnicate'", "run", "small.yaml", "--frobnicate")]
    [InlineData("--cohort-size is '0'", "run", "small.yaml", "--cohort-size", "0")]
    [InlineData("--slots is '-3'", "run", "small.yaml", "--slots", "-3")]
    [InlineData("--segment-steps is 'x'", "run", "small.yaml", "--segment-steps", "x")]
    [InlineData("--kills is '1e3'", "experiment", "verify", "small.yaml", "--kills", "1e3")]
    public async Task A_wrong_command_line_is_told_in_one_message(
        string said, params string[] arguments) =>
        (await finished.Place.Run(arguments)).ShouldBeRefused(Usage, said, "./mneme --help");

    [Fact]
    public async Task Results_that_cannot_be_written_are_told_before_anything_is_trained()
    {
        finished.Place.Write("a-file", "");

        (await finished.Place.Run("run", "small.yaml", "--out", "a-file/results"))
            .ShouldBeRefused(Failed, "a-file/results", "writable", "--out")
            .Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_process_is_told_who_is_at_work()
    {
        using var place = new Workplace();
        place.Write("long.yaml", SampleSpecs.Endless);
        using var first = place.Start("run", "long.yaml");
        (await first.Until(() => place.Checkpoints("long") > 0)).ShouldBeTrue();

        var second = await place.Run("run", "long.yaml");
        var discarding = await place.Run("run", "long.yaml", "--discard");

        second.ShouldBeRefused(Failed, "experiment 'long'", $"(pid {first.Id})", "--out");
        discarding.ShouldBeRefused(Failed, "experiment 'long'", $"(pid {first.Id})", "--out");
        (await first.Until(() => true)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_changed_spec_does_not_touch_what_an_older_one_made()
    {
        using var place = finished.Copy();
        var before = place.Snapshot("results");
        place.Write("small.yaml", SampleSpecs.Small.Replace("60", "80", StringComparison.Ordinal));

        (await place.Run("run", "small.yaml")).ShouldBeRefused(
            Failed, "experiment 'small'", "steps: 60 -> 80", "another name", "--out", "--discard");

        place.Snapshot().ShouldBe(before.Where(file => file.Key.StartsWith("small/"))
            .ToDictionary(file => file.Key["small/".Length..], file => file.Value),
            ignoreOrder: true);
    }

    [Fact]
    public async Task Results_without_their_state_are_left_alone()
    {
        using var place = finished.Copy();
        var before = place.Snapshot();
        Directory.Delete(place.At("results/.mneme"), recursive: true);

        (await place.Run("run", "small.yaml")).ShouldBeRefused(
            Failed, "results/small", "another name", "--out", "--discard");
        (await place.Run("experiment", "verify", "small.yaml")).ShouldBeRefused(
            Failed, "results/.mneme/small", "gone");
        (await place.Run("run", "small.yaml")).ShouldBeRefused(Failed, "results/small");

        place.Snapshot().ShouldBe(before, ignoreOrder: true);
    }

    [Theory]
    [InlineData("this is no database, however long one reads on in it")]
    [InlineData("SQLite format 3\0 and then nothing that makes sense")]
    public async Task A_journal_that_is_no_database_is_named(string content)
    {
        using var place = finished.Copy();
        var before = place.Snapshot();
        place.Write("results/.mneme/small/journal.db", content);

        (await place.Run("run", "small.yaml")).ShouldBeRefused(
            Failed, "results/.mneme/small/journal.db", "restore it", "--discard");
        (await place.Run("experiment", "verify", "small.yaml")).ShouldBeRefused(
            Failed, "results/.mneme/small/journal.db", "restore it", "--discard");

        place.Snapshot().ShouldBe(before, ignoreOrder: true);
    }

    [Fact]
    public async Task An_emptied_journal_is_not_taken_for_a_new_experiment()
    {
        using var place = finished.Copy();
        var before = place.Snapshot();
        place.Write("results/.mneme/small/journal.db", "");

        (await place.Run("run", "small.yaml")).ShouldBeRefused(Failed, "results/small");

        place.Snapshot().ShouldBe(before, ignoreOrder: true);
    }

    [Fact]
    public async Task A_lost_checkpoint_is_told_when_the_results_are_written_again()
    {
        using var place = finished.Copy();
        Directory.Delete(place.At("results/small"), recursive: true);
        foreach (var blob in Directory.EnumerateFiles(
            place.At("results/.mneme/small/blobs"), "*", SearchOption.AllDirectories))
            File.Delete(blob);

        (await place.Run("run", "small.yaml")).ShouldBeRefused(
            Failed, "results/.mneme/small", "blob", "--discard");

        Directory.Exists(place.At("results/small")).ShouldBeFalse();
    }
}
