using FsCheck;
using FsCheck.Fluent;
using Mneme.Coordinator.Measures;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Measures;

public sealed class MatrixMetricsTests
{
    private const double Printed = 5e-7;

    private static readonly AccuracyMatrix Three = new(
        [[.9, .52, .5], [.7, .88, .55], [.6, .75, .92]], [.5, .51, .49]);

    private static readonly AccuracyMatrix Improving = new(
        [[.8, .5, .5], [.85, .9, .5], [.7, .95, .9]], [.5, .5, .5]);

    private static readonly AccuracyMatrix Single = new([[.9]], [.5]);

    // A, B, A: set 0 comes back.
    private static readonly AccuracyMatrix Returning = new(
        [[.9, .5], [.6, .8], [.95, .7]], [.5, .4], [0, 1, 0]);

    [Fact]
    public void The_first_fixture_has_its_printed_values()
    {
        Three.FinalAccuracy()!.Value.ShouldBe(.756667, Printed);
        Three.BackwardTransfer()!.Value.ShouldBe(-.215, Printed);
        Three.ForwardTransfer()!.Value.ShouldBe(.035, Printed);
        Three.ForgettingMax()!.Value.ShouldBe(.215, Printed);
        Three.ForgettingFirstLast()!.Value.ShouldBe(.215, Printed);
        Three.LearningAccuracy()!.Value.ShouldBe(.9, Printed);
        Three.AverageIncrementalAccuracy()!.Value.ShouldBe(.815556, Printed);
    }

    [Fact]
    public void The_second_fixture_has_its_printed_values()
    {
        Improving.FinalAccuracy()!.Value.ShouldBe(.85, Printed);
        Improving.LearningAccuracy()!.Value.ShouldBe(.866667, Printed);
        Improving.AverageIncrementalAccuracy()!.Value.ShouldBe(.841667, Printed);
        Improving.ForgettingMax()!.Value.ShouldBe(.05, Printed);
        Improving.ForgettingFirstLast()!.Value.ShouldBe(.025, Printed);
    }

    [Fact]
    public void A_negative_term_of_forgetting_is_kept()
    {
        var terms = Improving.ForgettingMaxTerms(ForgettingRows.FromLearning).ToArray();

        terms.Length.ShouldBe(2);
        terms[0].ShouldBe(.15, Printed);
        terms[1].ShouldBe(-.05, Printed);
    }

    [Fact]
    public void A_lucky_guess_before_learning_counts_only_over_all_rows()
    {
        var lucky = new AccuracyMatrix([[.9, .99, .5], [.9, .8, .5], [.9, .7, .9]], [.5, .5, .5]);

        lucky.ForgettingMax()!.Value.ShouldBe(.05, Printed);
        lucky.ForgettingMax(ForgettingRows.All)!.Value.ShouldBe(.145, Printed);
    }

    [Fact]
    public void Interference_is_what_each_visit_changed()
    {
        var changes = Three.Interference()!.Value;

        changes.Length.ShouldBe(2);
        changes[0].Select(change => Math.Round(change!.Value, 6)).ShouldBe([-.2, .36, .05]);
        changes[1].Select(change => Math.Round(change!.Value, 6)).ShouldBe([-.1, -.13, .37]);
    }

    [Fact]
    public void Intransigence_is_what_training_all_sets_together_reaches_beyond() =>
        Three.Intransigence([.95, .9, .97])!.Value.ShouldBe(.04, Printed);

    [Fact]
    public void One_set_forgets_and_transfers_nothing_that_could_be_measured()
    {
        Single.FinalAccuracy().ShouldBe(.9);
        Single.BackwardTransfer().ShouldBeNull();
        Single.ForwardTransfer().ShouldBeNull();
        Single.ForgettingMax().ShouldBeNull();
        Single.ForgettingMax(ForgettingRows.All).ShouldBeNull();
        Single.ForgettingFirstLast().ShouldBeNull();
        Single.Interference().ShouldBeNull();
    }

    [Fact]
    public void What_was_not_evaluated_is_null_where_it_is_needed_and_only_there()
    {
        var seenOnly = new AccuracyMatrix(
            [[.9, double.NaN], [.7, .8]], [double.NaN, double.NaN]);

        seenOnly.ForwardTransfer().ShouldBeNull();
        seenOnly.Interference()!.Value[0][1].ShouldBeNull();
        seenOnly.Interference()!.Value[0][0]!.Value.ShouldBe(-.2, Printed);
        seenOnly.AverageIncrementalAccuracy()!.Value.ShouldBe(.825, Printed);
        seenOnly.ForgettingMax()!.Value.ShouldBe(.2, Printed);
    }

    [Fact]
    public void A_set_that_comes_back_was_learned_at_its_first_visit()
    {
        Returning.LearnedAt(0).ShouldBe(0);
        Returning.LearningAccuracy()!.Value.ShouldBe(.85, Printed);
        Returning.FinalAccuracy()!.Value.ShouldBe(.825, Printed);
        Returning.BackwardTransfer()!.Value.ShouldBe(-.025, Printed);
        Returning.ForwardTransfer()!.Value.ShouldBe(.1, Printed);
        Returning.ForgettingMax()!.Value.ShouldBe(.025, Printed);
        Returning.AverageIncrementalAccuracy()!.Value.ShouldBe((.9 + .7 + .825) / 3, Printed);
    }

    [Fact]
    public void First_last_forgetting_is_backward_transfer_with_the_other_sign() =>
        Prop.ForAll(AnyMatrix.Matrix, r => r.ForgettingFirstLast() == -r.BackwardTransfer())
            .QuickCheckThrowOnFailure();

    [Fact]
    public void No_term_of_forgetting_is_below_the_one_of_fewer_rows() =>
        Prop.ForAll(AnyMatrix.Matrix, r =>
        {
            var all = r.ForgettingMaxTerms(ForgettingRows.All);
            var since = r.ForgettingMaxTerms(ForgettingRows.FromLearning).ToArray();
            return all.Zip(since).All(terms => terms.First >= terms.Second) &&
                since.Zip(r.ForgettingFirstLastTerms()).All(t => t.First >= t.Second);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Changes_add_up_to_the_last_row() =>
        Prop.ForAll(AnyMatrix.Matrix, r => r.Sets.All(set => Math.Abs(
            r[0, set] - r[r.LastVisit, set] +
            (r.Interference() ?? []).Sum(row => row[set]!.Value)) < 1e-9))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_matrix_without_a_visit_of_each_set_is_refused()
    {
        Should.Throw<ArgumentException>(() => new AccuracyMatrix([], []));
        Should.Throw<ArgumentException>(() => new AccuracyMatrix([[.5, .5]], [.5, .5]));
        Should.Throw<ArgumentException>(() => new AccuracyMatrix([[.5], [.5]], [.5], [0, 1]));
        Should.Throw<ArgumentException>(() => new AccuracyMatrix([[.5, .5]], [.5]));
    }

    [Fact]
    public void A_normalised_accuracy_is_0_at_chance_and_1_at_the_ceiling()
    {
        var bit = new AccuracyRange(.5, .92);

        bit.Normalised(.75)!.Value.ShouldBe(.60, .005);
        bit.Normalised(.5).ShouldBe(0);
        bit.Normalised(.92)!.Value.ShouldBe(1, Printed);
        bit.Normalised(.4)!.Value.ShouldBeLessThan(0);
        new AccuracyRange(.5, .5).Normalised(.75).ShouldBeNull();
    }
}
