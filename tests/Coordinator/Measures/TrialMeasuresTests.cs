using Mneme.Coordinator.Measures;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Measures;

/// <summary>From the points of a trial to its measures.</summary>
public sealed class TrialMeasuresTests
{
    private const double None = double.NaN;

    // Fixture 1 of the specification, with chance .5 and ceiling 1.
    private static readonly SetHistory Three = PointTable.Read("ABC", "A100 B100 C100", 0.5, 1,
        [0, .5, .51, .49],
        [50, .8, None, None],
        [100, .9, .52, .5], [100, .85, .5, .5],
        [150, .75, .7, None],
        [200, .7, .88, .55], [200, .7, .88, .55],
        [250, .6, .8, .9],
        [300, .6, .75, .92]);

    [Theory]
    [InlineData("acc", .756667)]
    [InlineData("bwt", -.215)]
    [InlineData("fwt", .035)]
    [InlineData("forgetting_max", .215)]
    [InlineData("forgetting_first_last", .215)]
    [InlineData("la", .9)]
    [InlineData("aia", .815556)]
    [InlineData("acc_normalised", .513333)]
    [InlineData("bwt_normalised", -.43)]
    [InlineData("fwt_normalised", .07)]
    public void The_matrix_of_the_specification_gives_its_figures(string figure, double value) =>
        Measured(Three)[figure].ShouldNotBeNull().ShouldBe(value, 1e-6);

    [Fact]
    public void After_each_visit_there_are_the_figures_so_far()
    {
        var after = Measured(Three).AfterVisit;

        after.Select(visit => Rounded(visit.Accuracy)).ShouldBe([.9, .79, .756667]);
        after.Select(visit => Rounded(visit.ForgettingMax)).ShouldBe([null, .2, .215]);
        after.Select(visit => Rounded(visit.ForgettingFirstLast)).ShouldBe([null, .2, .215]);
    }

    [Fact]
    public void A_drop_looks_from_before_the_switch_to_the_first_point_after_it()
    {
        // L is the mean of .5, .8 and .9; right after the switch set B is at .5.
        var first = Value(Three, 1, "drop");

        first.ShouldBe(2.2 / 3 - .5, 1e-9);
        Value(Three, 1, "drop_normalised").ShouldBe(2 * (2.2 / 3 - .5), 1e-9);
        Value(Three, 1, "dip_depth").ShouldBe(2.2 / 3 - .7, 1e-9);
        Value(Three, 1, "dip_position").ShouldBe(100);
        Value(Three, 1, "area").ShouldBe((0 + .4 + .76) / 3, 1e-9);
    }

    [Fact]
    public void Times_are_steps_since_the_switch_and_those_not_reached_are_censored()
    {
        // Set C: .55, then the means .725 and .79; thresholds .75 and .95.
        Time(Three, 2, "time_to_50").ShouldBe(EventTime.Reached(100));
        Time(Three, 2, "time_to_90").ShouldBe(EventTime.Censored(100));
        Time(Three, 2, "recovery_90").ShouldBe(EventTime.NotApplicable);
    }

    [Fact]
    public void A_set_that_comes_back_is_held_against_its_own_past()
    {
        var history = PointTable.Read("AB", "A40 B20 A40",
            [0, 0, 0], [10, 0, None], [20, 0, None], [30, 1, None], [40, 1, 0], [40, 1, 0],
            [50, .2, .5], [60, 0, 1], [60, 0, 1],
            [70, 1, .9], [80, 1, .8], [90, 1, .8], [100, 1, .8]);

        // L = 2/3; means .5 at 70 and 2/3 at 80. Learning A from nothing: 1/3, then 2/3 at 40.
        Time(history, 2, "recovery_50").ShouldBe(EventTime.Reached(10));
        Time(history, 2, "recovery_95").ShouldBe(EventTime.Reached(20));
        Time(history, 2, "time_to_50").ShouldBe(EventTime.Reached(10));
        Value(history, 2, "savings_ratio_50").ShouldBe(4);
        Value(history, 2, "savings_50").ShouldBe(.75);
        Time(history, 1, "half_life").ShouldBe(EventTime.Reached(10));
        Measured(history)["acc"].ShouldNotBeNull().ShouldBe(.9, 1e-9);
    }

    [Fact]
    public void Savings_of_a_new_set_are_held_against_the_first_phase()
    {
        // Means: .45 and .6 for A, reached at 40; .5 for B, reached at 10.
        var history = PointTable.Read("AB", "A40 B40",
            [0, 0, 0], [20, .9, None], [40, .9, 0], [40, .9, 0], [50, .9, 1], [80, .9, 1]);

        Value(history, 1, "savings_ratio_50").ShouldBe(4);
        Value(history, 1, "savings_50").ShouldBe(.75);
        Value(history, 1, "savings_ratio_90").ShouldBe(None, "neither reached it");
    }

    [Fact]
    public void What_is_not_trained_to_its_end_is_unknown_and_not_zero()
    {
        var half = PointTable.Read("AB", "A20 B40",
            [0, .5, .5], [20, .9, .5], [20, .9, .5], [40, .8, .7]);
        var measures = Measured(half);

        measures.Switches.ShouldBe([null]);
        measures["acc"].ShouldBeNull();
        measures["forgetting_max"].ShouldBeNull();
        measures.AfterVisit[0].Accuracy.ShouldBe(.9);
        half.AtEnd(1, 0).ShouldBe(double.NaN);
    }

    [Fact]
    public void A_trial_that_failed_has_no_figures()
    {
        var failed = PointTable.Read("AB", "A20 B20",
            [0, .5, .5], [20, None, None], [20, None, None], [40, None, None]);

        Measured(failed).Switches.ShouldBe([null]);
        Measured(failed).Values.ShouldAllBe(value => value == null);
    }

    [Fact]
    public void One_phase_has_no_transfer_and_no_forgetting()
    {
        var one = Measured(PointTable.Read("A", "A20", [0, .5], [20, .9]));

        one["acc"].ShouldBe(.9);
        one.Switches.ShouldBeEmpty();
        foreach (var figure in new[] { "bwt", "fwt", "forgetting_max", "forgetting_first_last" })
            one[figure].ShouldBeNull();
    }

    [Fact]
    public void Sets_of_other_schedules_do_not_count()
    {
        var history = PointTable.Read("ABC", "C20 A20",
            [0, .5, .5, .5], [20, .5, .1, .9], [20, .5, .1, .9], [40, .7, .2, .8]);

        Measured(history)["acc"].ShouldNotBeNull().ShouldBe(.75, 1e-9);
        Measured(history)["forgetting_max"].ShouldNotBeNull().ShouldBe(.1, 1e-9);
        history.AtEnd(1, 1).ShouldBe(.2, "R itself has every set");
    }

    [Fact]
    public void A_phase_whose_data_belong_to_no_set_forgets_and_learns_none()
    {
        var history = PointTable.Read("A", "A20 x20 A20",
            [0, 0], [20, .8], [20, .8], [40, .2], [40, .2], [60, .9]);

        Value(history, 1, "dip_depth").ShouldBe(.4 - .2, 1e-9);
        Value(history, 1, "drop").ShouldBe(double.NaN);
        Time(history, 1, "time_to_90").ShouldBe(EventTime.NotApplicable);
        Measured(history)["acc"].ShouldNotBeNull().ShouldBe(.9, 1e-9);
        Measured(history)["aia"].ShouldNotBeNull().ShouldBe(.85, 1e-9);
    }

    [Fact]
    public void A_swap_rescues_a_part_of_what_was_lost()
    {
        // Known with .9 when saved, .5 now; the old parts in the present net bring back .7: half.
        var history = PointTable.Read("AB", "A20 B20",
                [0, .5, .5], [20, .9, .5], [20, .9, .5], [40, .5, .9])
            .With("reference_accuracy", None, None, None, .9)
            .With("saved_set_accuracy", None, None, None, .5)
            .With("swap_accuracy", None, None, None, .7);

        Value(history, 1, "rescue").ShouldBe(.5, 1e-9);
        Value(history, 1, "rescue_by_attention").ShouldBe(None);
        Value(Three, 1, "rescue").ShouldBe(double.NaN);
    }

    [Fact]
    public void Online_accuracy_weights_each_step_alike()
    {
        var history = PointTable.Read("AB", "A40 B20",
                [0, 0, 0], [10, 0, None], [40, 0, 0], [40, 0, 0], [60, 0, 0])
            .With("online_accuracy", None, .5, .65, None, .9);

        Measured(history)["mean_online_accuracy"].ShouldNotBeNull()
            .ShouldBe((10 * .5 + 30 * .7 + 20 * .9) / 60, 1e-9);
        Value(history, 1, "mean_online_accuracy").ShouldBe(.9, 1e-9);
        Measured(Three)["mean_online_accuracy"].ShouldBeNull();
    }

    [Fact]
    public void Points_that_another_schedule_takes_twice_count_once()
    {
        var twice = PointTable.Read("AB", "A40 B20",
            [0, 0, 0], [20, .5, None], [20, .5, None], [40, 1, 0], [40, 1, 0], [60, .5, 1]);

        Value(twice, 1, "old_level").ShouldBe(.5, 1e-9);
    }

    private static TrialMeasures Measured(SetHistory history) => TrialMeasures.Of(history);

    private static double? Rounded(double? value) =>
        value is { } known ? Math.Round(known, 6) : null;

    private static double Value(SetHistory history, int place, string name) =>
        Measured(history).Switches[place - 1].ShouldNotBeNull()
            .Values[SwitchNames.Values(stride: 10).IndexOf(name)] ?? double.NaN;

    private static EventTime Time(SetHistory history, int place, string name) =>
        Measured(history).Switches[place - 1].ShouldNotBeNull()
            .Times[SwitchNames.Times.IndexOf(name)];
}
