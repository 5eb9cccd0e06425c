using System.Collections.Immutable;
using Mneme.Results;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;
using Shouldly;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>What every family promises of its lanes, bit for bit.</summary>
internal static class LaneProof
{
    /// <summary>Every third lane alone, and all of them in the opposite order.</summary>
    public static void NeitherNeighboursNorOrderMatter(
        ExperimentFamily family, int steps, Lane[] lanes, Func<Bench, Bench>? then = null)
    {
        using var fused = Story(lanes);
        using var reversed = Story([.. lanes.Reverse()]);
        for (var k = 0; k < lanes.Length; k++)
            ShouldBeEqual(fused.StateOf(k), reversed.StateOf(lanes.Length - 1 - k), $"lane {k}");
        for (var k = 0; k < lanes.Length; k += 3)
        {
            using var alone = Story([lanes[k]]);
            ShouldBeEqual(fused.StateOf(k), alone.StateOf(0), $"lane {k} alone");
        }

        Bench Story(Lane[] some)
        {
            var bench = new Bench(family, some).Train(steps);
            return then is null ? bench : then(bench);
        }
    }

    /// <summary>A checkpoint in the middle, of which two lanes go on in another place, and a
    /// measurement that nobody may notice.</summary>
    public static void ASavedCohortGoesOn(ExperimentFamily family, int steps, Lane[] lanes)
    {
        using var whole = new Bench(family, lanes).Train(2 * steps);
        using var first = new Bench(family, lanes).Train(steps);
        first.Measure("loss");
        var saved = new SafetensorsFile(
            [.. first.Model.State.Save()], ImmutableSortedDictionary<string, string>.Empty);
        using var second = new Bench(family, lanes[^1], lanes[1]);
        second.Model.State.Load([saved], [new(0, lanes.Length - 1), new(0, 1)]);
        second.SkipTo(steps);
        second.Train(steps);

        second.Measure("loss")[1].ShouldBe(whole.Measure("loss")[1]);
        ShouldBeEqual(second.StateOf(0), whole.StateOf(lanes.Length - 1), "the last lane");
        ShouldBeEqual(second.StateOf(1), whole.StateOf(1), "the second lane");
    }

    /// <param name="broken">A lane that diverges.</param>
    public static void ADivergedLaneDisturbsNobody(
        ExperimentFamily family, int steps, Lane[] lanes, Lane broken, string parameter)
    {
        using var fused = new Bench(family, [lanes[0], broken, lanes[1]]).Train(steps);
        using var healthy = new Bench(family, lanes[1]).Train(steps);
        fused.Measure("loss");
        healthy.Measure("loss");

        fused.Model.DivergedAt(1).ShouldNotBeNull();
        fused.Model.DivergedAt(2).ShouldBeNull();
        ShouldBeEqual(fused.StateOf(2), healthy.StateOf(0), "the neighbour");
        var before = fused.StateOf(1)[parameter];
        fused.Train(5).StateOf(1)[parameter].ShouldBe(before);
    }

    /// <summary>Neither tensors nor memory grow with the steps.</summary>
    public static void NothingLeaks(ExperimentFamily family, int steps, params Lane[] lanes)
    {
        using var bench = new Bench(family, lanes).Train(100);
        bench.Measure("loss");
        var (tensors, memory) = (Tensor.LiveCount, Environment.WorkingSet);

        bench.Train(steps).Measure("loss");

        Tensor.LiveCount.ShouldBe(tensors);
        (Environment.WorkingSet - memory).ShouldBeLessThan(32L << 20);
    }

    private static void ShouldBeEqual(
        Dictionary<string, byte[]> actual, Dictionary<string, byte[]> expected, string what)
    {
        actual.Count.ShouldBe(expected.Count);
        foreach (var (name, bytes) in expected)
            actual[name].AsSpan().SequenceEqual(bytes).ShouldBeTrue($"'{name}' differs: {what}");
    }
}
