using Mneme.Worker.Torch;
using Shouldly;

namespace Mneme.Tests.Worker.Torch;

internal static class Matching
{
    /// <summary>Every element within a tolerance relative to the greatest element expected.
    /// </summary>
    internal static void ShouldMatch(this Tensor actual, Tensor expected, double tolerance)
    {
        actual.Shape.ToArray().ShouldBe(expected.Shape.ToArray());
        actual.To(DType.Float64).ToArray<double>()
            .ShouldMatch(expected.To(DType.Float64).ToArray<double>(), tolerance);
    }

    internal static void ShouldMatch(
        this IReadOnlyList<double> actual, IReadOnlyList<double> expected, double tolerance)
    {
        actual.Count.ShouldBe(expected.Count);
        double scale = expected.Select(Math.Abs).Append(1e-30).Max();
        for (int i = 0; i < actual.Count; i++)
            Math.Abs(actual[i] - expected[i]).ShouldBeLessThanOrEqualTo(tolerance * scale);
    }

    /// <summary>Bit for bit; NaN equals the same NaN.</summary>
    internal static void ShouldHaveTheBitsOf(this Tensor actual, Tensor expected, string what = "")
    {
        actual.Shape.ToArray().ShouldBe(expected.Shape.ToArray(), what);
        actual.ToBytes().AsSpan().SequenceEqual(expected.ToBytes()).ShouldBeTrue(what);
    }
}
