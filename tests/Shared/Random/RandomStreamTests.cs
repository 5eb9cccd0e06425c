using FsCheck;
using FsCheck.Fluent;
using Mneme.Random;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Random;

public sealed class RandomStreamTests
{
    private const int Many = 100_000;
    private static readonly RandomStream Stream = RandomStream.Named(7, "init/W1");

    private delegate void Fill<T>(RandomStream stream, long step, Span<T> into, long first);

    [Theory]
    [InlineData("", 0x811c9dc5)]
    [InlineData("a", 0xe40c292c)]
    [InlineData("foobar", 0xbf9cf968)]
    public void A_name_hashes_as_FNV_1a_publishes_it(string name, uint expected) =>
        RandomStream.Named(0, name).Id.ShouldBe(expected);

    [Fact]
    public void These_draws_never_change()
    {
        Draw<float>(4, (s, step, into, first) => s.FillUniform(step, into, first))
            .ShouldBe(Pinned.Uniform);
        Draw<float>(4, (s, step, into, first) => s.FillNormal(step, into, first))
            .ShouldBe(Pinned.Normal);
        Draw<long>(4, (s, step, into, first) => s.FillIntegers(step, 1000, into, first))
            .ShouldBe(Pinned.Below1000);
    }

    [Fact]
    public void A_fill_in_chunks_equals_a_fill_at_once()
    {
        Chunked<float>((s, step, into, first) => s.FillUniform(step, into, first));
        Chunked<float>((s, step, into, first) => s.FillUniform(step, 0.125f, into, first));
        Chunked<float>((s, step, into, first) => s.FillNormal(step, into, first));
        Chunked<long>((s, step, into, first) => s.FillIntegers(step, 10, into, first));
        // Half of all words are refused here, so further attempts take part.
        Chunked<long>((s, step, into, first) => s.FillIntegers(step, Huge, into, first));
    }

    [Fact]
    public void Uniform_numbers_have_the_moments_of_the_unit_interval()
    {
        var drawn = Draw<float>(Many, (s, step, into, first) => s.FillUniform(step, into, first));

        drawn.ShouldAllBe(x => x >= 0 && x < 1);
        Moment(drawn, 1).ShouldBe(1 / 2.0, 0.004);
        Moment(drawn, 2).ShouldBe(1 / 3.0, 0.004);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.125f)]
    [InlineData(1f)]
    [InlineData(1.0000001f)]
    [InlineData(3e38f)]
    public void A_bounded_uniform_number_lies_strictly_inside(float bound)
    {
        var drawn = new float[Many];
        Stream.FillUniform(1, bound, drawn);

        drawn.ShouldAllBe(x => bound == 0 ? x == 0 : x > -bound && x < bound && x != 0);
        if (bound > 0) (Moment(drawn, 1) / bound).ShouldBe(0, 0.008);
    }

    [Fact]
    public void Normal_numbers_have_the_moments_of_the_bell()
    {
        var drawn = Draw<float>(Many, (s, step, into, first) => s.FillNormal(step, into, first));

        Moment(drawn, 1).ShouldBe(0, 0.015);
        Moment(drawn, 2).ShouldBe(1, 0.02);
        Moment(drawn, 3).ShouldBe(0, 0.05);
        Moment(drawn, 4).ShouldBe(3, 0.15);
        var tails = drawn.Count(x => Math.Abs(x) > 1.959964) / (double)Many;
        tails.ShouldBe(0.05, 0.0035);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(97)]
    public void Integers_fill_their_range_evenly(int count)
    {
        var drawn = Draw<long>(Many, (s, step, into, first) =>
            s.FillIntegers(step, count, into, first));

        var expected = Many / (double)count;
        var seen = Enumerable.Range(0, count).Select(n => drawn.Count(x => x == n));
        var chiSquare = seen.Sum(n => (n - expected) * (n - expected) / expected);
        drawn.ShouldAllBe(x => x >= 0 && x < count);
        // Mean count - 1, variance 2 (count - 1): five standard deviations.
        chiSquare.ShouldBeLessThanOrEqualTo(count - 1 + 5 * Math.Sqrt(2.0 * (count - 1)));
    }

    [Fact]
    public void A_range_beyond_32_bits_is_even_too()
    {
        var drawn = Draw<long>(Many, (s, step, into, first) =>
            s.FillIntegers(step, Huge, into, first));

        drawn.ShouldAllBe(x => x >= 0 && x < Huge);
        drawn.Average(x => (double)x / Huge).ShouldBe(0.5, 0.005);
    }

    [Fact]
    public void Neighbours_in_seed_stream_and_step_are_unrelated()
    {
        var here = Normals(Stream, 1);

        Correlation(here, Normals(Stream with { Seed = 8 }, 1)).ShouldBe(0, 0.015);
        Correlation(here, Normals(Stream with { Id = Stream.Id + 1 }, 1)).ShouldBe(0, 0.015);
        Correlation(here, Normals(Stream, 2)).ShouldBe(0, 0.015);
        Correlation(here, Normals(Stream, 1L + (1L << 32))).ShouldBe(0, 0.015);
        Correlation(here[..^1], here[1..]).ShouldBe(0, 0.015);
    }

    [Fact]
    public void The_last_element_can_be_drawn_and_the_next_is_refused()
    {
        var last = RandomStream.MaximumElements - 1;

        Stream.Integer(0, 10, last).ShouldBeInRange(0, 9);
        Should.Throw<ArgumentOutOfRangeException>(() => Stream.Integer(0, 10, last + 1));
        Should.Throw<ArgumentOutOfRangeException>(() => Stream.Integer(-1, 10));
        Should.Throw<ArgumentOutOfRangeException>(() => Stream.Integer(0, 0));
    }

    private const long Huge = (1L << 62) + (1L << 61) + 1;

    private static void Chunked<T>(Fill<T> fill) =>
        Prop.ForAll(Gen.Choose(0, 40).Two().ToArbitrary(), cut =>
        {
            var whole = new T[cut.Item1 + cut.Item2];
            var parts = new T[whole.Length];
            fill(Stream, 3, whole, 5);
            fill(Stream, 3, parts.AsSpan(0, cut.Item1), 5);
            fill(Stream, 3, parts.AsSpan(cut.Item1), 5 + cut.Item1);
            parts.ShouldBe(whole);
        }).QuickCheckThrowOnFailure();

    private static T[] Draw<T>(int count, Fill<T> fill)
    {
        var drawn = new T[count];
        fill(Stream, 1, drawn, 0);
        return drawn;
    }

    private static float[] Normals(RandomStream stream, long step)
    {
        var drawn = new float[Many];
        stream.FillNormal(step, drawn);
        return drawn;
    }

    private static double Moment(float[] drawn, int power) =>
        drawn.Average(x => Math.Pow(x, power));

    private static double Correlation(float[] left, float[] right) =>
        left.Zip(right, (x, y) => (double)x * y).Average();
}
