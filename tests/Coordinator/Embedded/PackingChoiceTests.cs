using System.Collections.Immutable;
using Mneme.Coordinator;
using Mneme.Coordinator.Embedded;
using Mneme.Coordinator.Search;
using Mneme.Specs;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Embedded;

public sealed class PackingChoiceTests
{
    [Fact]
    public void A_wish_for_a_cohort_size_is_fulfilled_and_segments_end_with_points()
    {
        var spec = Read("seeds: 12\nsteps: 1000\nmeasure_every: 50");

        var estimate = Choose(spec, new PackingWishes(Slots: 2, LanesPerCohort: 5))
            .ShouldHaveSingleItem();

        estimate.Packing.LanesPerCohort.ShouldBe(5);
        (estimate.Packing.StepsPerSegment % 50).ShouldBe(0);
    }

    [Fact]
    public void Each_shape_is_packed_by_itself()
    {
        var spec = Read("""
            seeds: 4
            steps: 100
            search: {method: grid, parameters: {memory_dims: [[2], [3]], inner_steps: [1, 2]}}
            """);

        Choose(spec, new PackingWishes(Slots: 2)).Select(e => e.Trials).ShouldBe([8, 8]);
    }

    [Fact]
    public void A_net_that_no_memory_can_hold_is_told_with_a_remedy()
    {
        var spec = Read("settings: {hidden_dims: [60000], embedding_dim: 60000}");

        Should.Throw<UserError>(() => Choose(spec, new PackingWishes(Slots: 2)))
            .Message.ShouldContain("Make the net or the batch smaller");
    }

    [Fact]
    public void A_device_that_is_not_there_is_told_before_anything_is_stored()
    {
        if (LibTorch.HasCuda) return;

        Should.Throw<UserError>(() => DeviceCheck.Demand("cuda:0"))
            .Message.ShouldContain("MNEME_LIBTORCH");
    }

    private static ExperimentSpec Read(string rest)
    {
        var yaml = $"name: x\nmodel: memory-mlp\n{rest}";
        var reading = SpecReader.Parse(
            "x.yaml", System.Text.Encoding.UTF8.GetBytes(yaml), Submissions.Schemas);
        return reading.Spec.ShouldNotBeNull(string.Join('\n', reading.Errors));
    }

    private static ImmutableArray<PackingEstimate> Choose(
        ExperimentSpec spec, PackingWishes wishes)
    {
        var family = Submissions.FamilyOf(spec);
        return PackingChoice.Of(spec, family, TrialEnumeration.Of(spec, family), wishes);
    }
}
