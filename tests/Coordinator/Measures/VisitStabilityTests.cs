using Mneme.Coordinator.Measures;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Measures;

public sealed class VisitStabilityTests
{
    private const double None = double.NaN;

    [Fact]
    public void A_set_that_dips_and_recovers_has_a_gap()
    {
        var history = PointTable.Read("AB", "A20 B30",
            [0, 0, 0], [10, .5, None], [20, .9, 0], [20, .9, 0],
            [30, .3, .4], [40, .6, .6], [50, .7, .8]);

        var gap = VisitStability.Of(history, 1).ShouldNotBeNull();

        gap.MinimumAccuracy.ShouldNotBeNull().ShouldBe(.3, 1e-9);
        gap.WorstCaseAccuracy.ShouldNotBeNull().ShouldBe(.8 / 2 + .3 / 2, 1e-9);
        gap.Gap.ShouldNotBeNull().ShouldBe(.9 - .3, 1e-9);
        gap.Recovered.ShouldNotBeNull().ShouldBe(.7 - .3, 1e-9);
        gap.WindowedForgetting.ShouldBeNull("there are fewer than ten evaluations");
    }

    [Fact]
    public void Sets_that_take_turns_count_from_the_end_of_their_last_visit()
    {
        // Third visit: A again, and the only older set is B since step 20.
        var history = PointTable.Read("AB", "A10 B10 A10 B10",
            [0, 0, 0], [10, .9, 0], [10, .9, 0], [20, .2, .8], [20, .2, .8],
            [30, .9, .5], [30, .9, .5], [40, .4, .9]);

        VisitStability.Of(history, 2).ShouldNotBeNull()
            .MinimumAccuracy.ShouldNotBeNull().ShouldBe(.5, 1e-9);
        VisitStability.Of(history, 3).ShouldNotBeNull()
            .MinimumAccuracy.ShouldNotBeNull().ShouldBe(.4, 1e-9);
    }

    [Fact]
    public void Where_an_older_set_was_not_followed_by_the_next_one_there_is_no_figure()
    {
        // At the last visit to A the older ones are B, then C: but A came between them.
        var history = PointTable.Read("ABC", "B10 A10 C10 A10",
            [0, 0, 0, 0], [10, 0, .9, 0], [10, 0, .9, 0], [20, .9, .1, 0], [20, .9, .1, 0],
            [30, .5, .1, .9], [30, .5, .1, .9], [40, .9, .1, .5]);

        VisitStability.Of(history, 3).ShouldBeNull();
        VisitStability.Of(history, 2).ShouldNotBeNull();
    }
}
