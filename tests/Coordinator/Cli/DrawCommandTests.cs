using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Cli;

/// <summary><c>experiment plot</c> and <c>experiment report</c>.</summary>
[Collection(TheProgram.Name)]
public sealed class DrawCommandTests(FinishedExperiment finished)
{
    private const int Failed = 1;

    [Fact]
    public async Task Plots_drawn_again_are_the_published_ones_and_leave_those_alone()
    {
        using var place = finished.Copy();
        var before = place.Snapshot();

        (await place.Run("experiment", "plot", "small.yaml")).ShouldBeFine()
            .Output.ShouldBe("6 figures: results/_reports/small/plots\n");

        place.Snapshot().ShouldBe(before, ignoreOrder: true);
        place.Snapshot("results/_reports/small/plots")
            .ShouldBe(place.Snapshot("results/small/plots"), ignoreOrder: true);
    }

    [Fact]
    public async Task A_report_is_one_file_with_every_figure()
    {
        using var place = finished.Copy();

        (await place.Run("experiment", "report", "small.yaml")).ShouldBeFine()
            .Output.ShouldBe("Report: results/_reports/small/report.html\n");

        var html = File.ReadAllText(place.At("results/_reports/small/report.html"));
        html.Split("<figure").Length.ShouldBe(1 + 6);
        html.ShouldContain("Compared seed by seed");
        html.ShouldNotContain("Not finished");
        html.ShouldNotContain("Around the switches");
    }

    [Fact]
    public async Task What_another_process_is_training_can_be_looked_at()
    {
        using var place = new Workplace();
        place.Write("long.yaml", SampleSpecs.Endless
            .Replace("measure_every: 1000", "measure_every: 100", StringComparison.Ordinal));
        using var running = place.Start(["run", "long.yaml", .. SampleSpecs.Pieces]);
        (await running.Until(() => HasPoints(place))).ShouldBeTrue();

        var report = await place.Run("experiment", "report", "long.yaml");

        report.ShouldBeFine().Output.ShouldStartWith("Not finished: ");
        File.ReadAllText(place.At("results/_reports/long/report.html"))
            .ShouldContain("of 4 trials are done");
        running.Send(RunningProgram.Interrupt);
        (await running.End()).Output.ShouldContain("Stopped at a checkpoint");
    }

    [Theory]
    [InlineData("plot")]
    [InlineData("report")]
    public async Task Where_nothing_is_trained_it_says_what_to_do(string command)
    {
        using var place = new Workplace();
        place.Write("small.yaml", SampleSpecs.Small);

        (await place.Run("experiment", command, "small.yaml")).ShouldBeRefused(
            Failed, "nothing of experiment 'small' is trained yet", "./mneme run", "--out");
        Directory.Exists(place.At("results")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_changed_spec_is_not_drawn_as_if_it_had_been_trained()
    {
        using var place = finished.Copy();
        place.Write("small.yaml", SampleSpecs.Small.Replace("60", "80", StringComparison.Ordinal));

        (await place.Run("experiment", "plot", "small.yaml")).ShouldBeRefused(
            Failed, "experiment 'small'", "steps: 60 -> 80");
    }

    // Of a few checkpoints the first are committed, with a point each.
    private static bool HasPoints(Workplace place) => place.Checkpoints("long") > 3;
}
