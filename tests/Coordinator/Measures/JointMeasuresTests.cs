using Mneme.Coordinator.Measures;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Measures;

/// <summary>What a trial that trained all sets together tells of itself, and of the others.
/// </summary>
public sealed class JointMeasuresTests
{
    private const double None = double.NaN;

    private static readonly SetHistory Joint = PointTable.Read("AB", "*40", .5, .9,
        [0, .5, .5], [20, .6, .5], [40, .8, .7]);

    private static readonly SetHistory Apart = PointTable.Read("AB", "B20 A20", .5, .9,
        [0, .5, .5], [20, .5, .85], [20, .5, .85], [40, .6, .7]);

    [Fact]
    public void Intransigence_is_the_mean_of_what_each_set_lacks_when_just_learned()
    {
        // A: .8 - .6, B: .7 - .85; a part of the way from .5 to .9 is 2.5 times as much.
        var measures = TrialMeasures.Of(Apart, Joint);

        measures["intransigence"].ShouldNotBeNull().ShouldBe((.2 - .15) / 2, 1e-12);
        measures["intransigence_normalised"].ShouldNotBeNull()
            .ShouldBe((.2 - .15) / 2 * 2.5, 1e-12);
    }

    [Fact]
    public void Only_sets_that_the_trial_trained_count()
    {
        var one = PointTable.Read("AB", "B20", [0, .5, .5], [20, .5, .85]);

        TrialMeasures.Of(one, Joint)["intransigence"].ShouldNotBeNull().ShouldBe(-.15, 1e-12);
    }

    [Fact]
    public void Without_a_joint_trial_or_with_half_of_one_it_is_undefined()
    {
        var half = PointTable.Read("AB", "*40", [0, .5, .5], [20, .6, .5]);
        var failed = PointTable.Read("AB", "*40", [0, .5, .5], [40, None, None]);

        foreach (var joint in new[] { null, half, failed })
        {
            TrialMeasures.Of(Apart, joint)["intransigence"].ShouldBeNull();
            TrialMeasures.Of(Apart, joint)["intransigence_normalised"].ShouldBeNull();
        }
        TrialMeasures.Of(failed).IsFailed.ShouldBeTrue();
    }

    [Fact]
    public void A_joint_trial_has_learned_all_sets_and_forgotten_none()
    {
        var measures = TrialMeasures.Of(Joint);

        measures["acc"].ShouldNotBeNull().ShouldBe(.75, 1e-12);
        measures["la"].ShouldNotBeNull().ShouldBe(.75, 1e-12);
        foreach (var figure in new[] { "bwt", "fwt", "forgetting_max", "intransigence" })
            measures[figure].ShouldBeNull(figure);
        measures.IsFailed.ShouldBeFalse();
    }

    [Fact]
    public void A_set_trained_among_all_was_learned_there()
    {
        var history = PointTable.Read("AB", "*20 B20",
            [0, .5, .5], [20, .7, .6], [20, .7, .6], [40, .4, .9]);
        var measures = TrialMeasures.Of(history);

        measures["la"].ShouldNotBeNull().ShouldBe((.7 + .6) / 2, 1e-12);
        measures["bwt"].ShouldNotBeNull().ShouldBe((-.3 + .3) / 2, 1e-12);
    }
}
