using Mneme.Tests.Coordinator.Cli;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Embedded;

/// <summary>How an experiment is cut into pieces is nobody's business but the clock's.</summary>
[Collection(TheProgram.Name)]
public sealed class SameBytesTests(FinishedExperiment finished)
{
    [Theory]
    [InlineData]
    [InlineData("--cohort-size", "1")]
    [InlineData("--cohort-size", "5", "--segment-steps", "7", "--slots", "3")]
    [InlineData("--cohort-size", "64", "--segment-steps", "20")]
    [InlineData("--cohort-size", "64", "--segment-steps", "1000000", "--slots", "1")]
    public async Task Another_packing_gives_the_same_pickle(params string[] packing)
    {
        using var place = new Workplace();
        place.Write("small.yaml", SampleSpecs.Small);

        (await place.Run(["run", "small.yaml", .. packing])).ShouldBeFine();

        foreach (var file in new[] { "small.pkl", "trials.csv", "points.csv" })
            place.HashOf($"results/small/{file}")
                .ShouldBe(finished.Place.HashOf($"results/small/{file}"), file);
    }
}
