using FsCheck;
using FsCheck.Fluent;
using Mneme.Random;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Random;

public sealed class ElementaryTests
{
    [Fact]
    public void The_logarithm_agrees_with_the_library() =>
        Prop.ForAll(ArbMap.Default.ArbFor<uint>(), word =>
        {
            var x = (word + 1.0) / (1L << 32);
            Elementary.Log(x).ShouldBe(Math.Log(x), 4e-15);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sine_and_cosine_agree_with_the_library()
    {
        for (var i = 0; i < 10_000; i++)
        {
            var (sin, cos) = Elementary.SinCosOfTurns(i / 10_000.0);

            sin.ShouldBe(Math.Sin(2 * Math.PI * i / 10_000), 2e-15);
            cos.ShouldBe(Math.Cos(2 * Math.PI * i / 10_000), 2e-15);
        }
    }

    [Theory]
    [InlineData(1.0, 0.0)]
    [InlineData(0.5, -0.693147180559945309417)]
    public void The_logarithm_of_a_power_of_two_is_exact(double x, double expected) =>
        Elementary.Log(x).ShouldBe(expected);
}
