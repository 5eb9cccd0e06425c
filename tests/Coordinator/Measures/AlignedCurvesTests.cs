using Mneme.Coordinator.Measures;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Measures;

public sealed class AlignedCurvesTests
{
    private static readonly SetHistory One = PointTable.Read("ABC", "A20 B20 C20",
        [0, 0, 0, 0], [10, .2, 0, 0], [20, .9, 0, 0], [20, .9, .1, 0],
        [30, .8, .3, 0], [40, .7, .7, 0], [40, .6, .7, .3], [50, .5, .5, .5], [60, .1, .2, .8]);

    [Fact]
    public void Switches_lie_on_one_another_with_the_old_set_before_and_the_new_one_after() =>
        AlignedCurves.AroundSwitches([One], stride: 10)
            .Select(point => (point.At, Rounded(point))).ShouldBe(
            [
                (-30, null), (-20, .05), (-10, .25), (0, .8),
                (0, .2), (10, .4), (20, .75),
            ]);

    [Fact]
    public void Retention_goes_from_the_end_of_a_sets_training_to_the_end() =>
        AlignedCurves.Retention([One], stride: 10)
            .Select(point => (point.At, Rounded(point))).ShouldBe(
            [
                (0, .8), (10, .65), (20, .4), (30, .5), (40, .1),
            ]);

    [Fact]
    public void A_set_that_comes_back_is_no_longer_retained()
    {
        var back = PointTable.Read("AB", "A10 B10 A10",
            [0, 0, 0], [10, .9, 0], [10, .9, 0], [20, .5, 1], [20, .5, 1], [30, 1, .4]);

        AlignedCurves.Retention([back], stride: 10)
            .Select(point => (point.At, Rounded(point)))
            .ShouldBe([(0, .95), (10, .45), (20, null)]);
    }

    [Fact]
    public void Seeds_are_what_the_interval_is_over()
    {
        var other = One with
        {
            Values = [.. One.Values.Select(column => column.Select(a => a + .1).ToArray())],
        };

        var point = AlignedCurves.AroundSwitches([One, other], stride: 10)[^1];

        point.Over.Count.ShouldBe(2);
        point.Over.Mean.ShouldNotBeNull().ShouldBe(.8, 1e-9);
        point.Over.Interval.ShouldNotBeNull().Lower.ShouldBe(.8 - 12.7062 * .05, 1e-4);
    }

    [Fact]
    public void A_long_phase_is_thinned() =>
        AlignedCurves.AroundSwitches(
            [PointTable.Read("AB", "A100000 B100000", [0, 0, 0], [200_000, 0, 0])], stride: 1)
            .Length.ShouldBeLessThan(600);

    private static double? Rounded(MeanPoint point) =>
        point.Over.Mean is { } mean ? Math.Round(mean, 9) : null;
}
