using Mneme.Coordinator.Plots;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Plots;

public sealed class ScaleTests
{
    [Theory]
    [InlineData(0, 1, false, "0 0.2 0.4 0.6 0.8 1")]
    [InlineData(0, 5000, false, "0 1000 2000 3000 4000 5000")]
    [InlineData(-0.31, 0.29, false, "-0.3 -0.2 -0.1 0 0.1 0.2")]
    [InlineData(0.01, 1, true, "0.01 0.02 0.05 0.1 0.2 0.5 1")]
    [InlineData(1e-9, 1e3, true, "1e-8 1e-6 1e-4 0.01 1 100")]
    [InlineData(0.51, 0.54, true, "0.51 0.52 0.53 0.54")]
    public void Ticks_are_round(double low, double high, bool logarithmic, string expected) =>
        string.Join(" ", new Scale(low, high, 0, 100, logarithmic).Ticks(6)
            .Select(TickLabels.Value)).ShouldBe(expected);

    [Fact]
    public void A_logarithmic_scale_puts_the_geometric_mean_in_the_middle() =>
        new Scale(0.01, 100, 200, 100, Logarithmic: true).Pixel(1).ShouldBe(150, 1e-9);

    [Theory]
    [InlineData(500, 5000, "500")]
    [InlineData(10_000, 10_000, "10000")]
    [InlineData(50_000, 200_000, "50k")]
    [InlineData(500_000, 2_000_000, "0.5M")]
    [InlineData(1_000_000_000, 1_000_000_000, "1G")]
    [InlineData(0, 2_000_000, "0")]
    public void Steps_have_one_unit(double step, double largest, string label) =>
        TickLabels.Step(step, largest).ShouldBe(label);
}
