using System.Text;
using Mneme.Coordinator.Search;
using Mneme.Tests.Coordinator.Api;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Cli.Cluster;

[Collection(TheProgram.Name)]
public sealed class SubmissionTests : IAsyncLifetime
{
    private const int Failed = 1;
    private ClusterPlace cluster = null!;

    public async Task InitializeAsync()
    {
        cluster = await ClusterPlace.Start();
        cluster.Place.Write("small.yaml", SampleSpecs.Small);
        Write("published/plots/accuracy.svg", "<svg/>");
        Write("published/small.pkl", "pickle");
        cluster.Api.Desk.Results = cluster.Place.At("published");
    }

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task A_spec_is_sent_as_it_is_with_its_wishes()
    {
        (await cluster.Run("experiment", "submit", "small.yaml", "--cohort-size", "8",
            "--no-sharing", "--why", "first try")).ShouldBeFine();

        cluster.Api.Desk.Orders.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            asking => asking.Target.ShouldBe(SampleSpecs.Small),
            asking => asking.Wishes.ShouldBe(new PackingWishes(4, 8, null, Sharing: false)),
            asking => asking.Order.Why.ShouldBe("first try"));
    }

    [Fact]
    public async Task A_spec_with_a_mistake_is_told_before_it_is_sent()
    {
        cluster.Place.Write("wrong.yaml", "name: a\nmodel: no-op\nstepz: 3\n");

        (await cluster.Run("experiment", "submit", "wrong.yaml"))
            .ShouldBeRefused(2, "wrong.yaml:3:1: unknown key 'stepz'");
        cluster.Api.Desk.Orders.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("done", 0)]
    [InlineData("stuck", 1)]
    [InlineData("cancelled", 1)]
    public async Task A_submission_waits_for_the_end_when_told_to(string state, int code)
    {
        cluster.Api.Desk.Known = SampleDesk.Summary with { State = state };

        var ended = await cluster.Run("experiment", "submit", "small.yaml", "--wait");

        ended.ExitCode.ShouldBe(code, ended.Errors);
        ended.Output.ShouldContain($"small: {state}, ");
    }

    [Fact]
    public async Task Results_come_whole_and_once()
    {
        (await cluster.Run("experiment", "download", "small")).ShouldBeFine()
            .Output.ShouldContain("results/small (2 files, 12 bytes, every hash checked)");

        cluster.Place.Snapshot().ShouldBe(
            cluster.Place.Snapshot("published"), ignoreOrder: true);
        Directory.GetFileSystemEntries(cluster.Place.At("results")).Length.ShouldBe(1);
        (await cluster.Run("experiment", "download", "small")).ShouldBeFine()
            .Output.ShouldContain("there already");
        cluster.Place.Write("results/small/small.pkl", "another");
        (await cluster.Run("experiment", "download", "small")).ShouldBeRefused(
            Failed, "results/small exists", "--out");
    }

    [Fact]
    public async Task Results_that_are_not_what_was_published_are_not_written()
    {
        Write("published/manifest.json", """
            {"files":{"small.pkl":"0000","plots/accuracy.svg":"0000"}}
            """);

        (await cluster.Run("experiment", "download", "small", "--out", "there")).ShouldBeRefused(
            Failed, "did not come as it was announced");
        Directory.GetFileSystemEntries(cluster.Place.At("there")).ShouldBeEmpty();
        (await cluster.Run("experiment", "download", "other")).ShouldBeRefused(
            Failed, "there is no complete result of 'other' (yet)");
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(cluster.Place.At(name))!);
        File.WriteAllBytes(cluster.Place.At(name), Encoding.UTF8.GetBytes(text));
    }
}
