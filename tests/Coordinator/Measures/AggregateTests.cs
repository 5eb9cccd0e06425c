using FsCheck;
using FsCheck.Fluent;
using Mneme.Coordinator.Measures;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Measures;

public sealed class AggregateTests
{
    // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, with more digits.
    [Theory]
    [InlineData(.975, 1, 12.7062)]
    [InlineData(.975, 2, 4.30265)]
    [InlineData(.975, 3, 3.18245)]
    [InlineData(.975, 4, 2.77645)]
    [InlineData(.975, 5, 2.57058)]
    [InlineData(.975, 9, 2.26216)]
    [InlineData(.975, 10, 2.22814)]
    [InlineData(.975, 30, 2.04227)]
    [InlineData(.975, 100, 1.98397)]
    [InlineData(.975, 100_000, 1.95999)]
    [InlineData(.95, 1, 6.31375)]
    [InlineData(.95, 10, 1.81246)]
    [InlineData(.995, 2, 9.92484)]
    [InlineData(.995, 30, 2.75000)]
    [InlineData(.5, 7, 0)]
    public void Quantiles_of_t_are_those_of_the_tables(double p, int degrees, double expected) =>
        StudentT.Quantile(p, degrees).ShouldBe(expected, 1e-4);

    [Fact]
    public void One_and_two_degrees_of_freedom_have_closed_forms() =>
        Prop.ForAll(Gen.Choose(501, 999).Select(part => part / 1000.0).ToArbitrary(), p =>
        {
            var (one, two) = (Math.Tan(Math.PI * (p - .5)),
                (2 * p - 1) * Math.Sqrt(2 / (4 * p * (1 - p))));
            return Math.Abs(StudentT.Quantile(p, 1) / one - 1) < 1e-10 &&
                Math.Abs(StudentT.Quantile(p, 2) / two - 1) < 1e-10;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void More_degrees_of_freedom_bring_the_quantile_nearer_to_the_normal_one() =>
        Enumerable.Range(1, 300).Select(degrees => StudentT.Quantile(.975, degrees))
            .ShouldBeInOrder(SortDirection.Descending);

    [Fact]
    public void Twelve_of_a_hundred_have_the_printed_wilson_interval()
    {
        var interval = ConfidenceInterval.OfProportion(12, 100)!.Value;

        interval.Lower.ShouldBe(.070, .0005);
        interval.Upper.ShouldBe(.198, .0005);
    }

    [Fact]
    public void A_wilson_interval_lies_in_the_unit_and_holds_its_proportion() =>
        Prop.ForAll(Gen.Choose(1, 500).ToArbitrary(), Gen.Choose(0, 500).ToArbitrary(),
            (count, part) =>
            {
                var hits = part % (count + 1);
                var (lower, upper) = ConfidenceInterval.OfProportion(hits, count)!.Value;
                var p = (double)hits / count;
                return 0 <= lower && lower <= p + 1e-12 && p - 1e-12 <= upper && upper <= 1;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_no_samples_there_is_no_interval()
    {
        ConfidenceInterval.OfProportion(0, 0).ShouldBeNull();
        Should.Throw<ArgumentOutOfRangeException>(() => ConfidenceInterval.OfProportion(2, 1));
    }

    [Fact]
    public void Seeds_have_a_mean_a_deviation_and_an_interval()
    {
        var summary = SeedSummary.Of([.7, .8, .9]);

        summary.Count.ShouldBe(3);
        summary.Mean!.Value.ShouldBe(.8, 1e-12);
        summary.Deviation!.Value.ShouldBe(.1, 1e-12);
        summary.Interval!.Value.Lower.ShouldBe(.8 - 4.30265 * .1 / Math.Sqrt(3), 1e-6);
        summary.Interval!.Value.Upper.ShouldBe(.8 + 4.30265 * .1 / Math.Sqrt(3), 1e-6);
    }

    [Fact]
    public void A_failed_lane_is_counted_and_left_out()
    {
        SeedSummary.Of([.7, null, .8, double.NaN, .9])
            .ShouldBe(SeedSummary.Of([.7, .8, .9]) with { Failed = 2 });
        SeedSummary.Of([null]).ShouldBe(new SeedSummary(0, 1, null, null, null));
    }

    [Fact]
    public void One_seed_has_a_mean_and_no_spread() =>
        SeedSummary.Of([.7]).ShouldBe(new SeedSummary(1, 0, .7, null, null));

    [Fact]
    public void Methods_are_compared_seed_by_seed()
    {
        var summary = SeedSummary.OfPairs([.5, .7, null, .6], [.6, .8, .9, null]);

        (summary.Count, summary.Failed).ShouldBe((2, 2));
        summary.Mean!.Value.ShouldBe(.1, 1e-12);
        summary.Deviation!.Value.ShouldBe(0, 1e-12);
        Should.Throw<ArgumentException>(() => SeedSummary.OfPairs([.5], []));
    }

    [Fact]
    public void The_order_of_the_seeds_changes_nothing() =>
        Prop.ForAll(Lanes, lanes =>
            SeedSummary.Of(lanes.Values) == SeedSummary.Of(lanes.Shuffled(lanes.Values)) &&
            TimeSummary.Of(lanes.Times) == TimeSummary.Of(lanes.Shuffled(lanes.Times)))
            .QuickCheckThrowOnFailure();

    private sealed record LaneSample(double?[] Values, EventTime?[] Times, int[] Order)
    {
        public T[] Shuffled<T>(T[] values) => [.. Order.Select(place => values[place])];
    }

    private static Arbitrary<LaneSample> Lanes => (
        from count in Gen.Choose(0, 12)
        from values in Gen.Choose(-9, 100).Select(v => v < 0 ? (double?)null : Math.Sqrt(v))
            .ArrayOf(count)
        from times in AnyTime.Lane.ArrayOf(count)
        from order in Gen.Shuffle(Enumerable.Range(0, count).ToArray())
        select new LaneSample(values, times, [.. order])).ToArbitrary();
}
