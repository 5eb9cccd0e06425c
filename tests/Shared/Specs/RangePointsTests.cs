using Mneme.Specs;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Specs;

public sealed class RangePointsTests
{
    [Fact]
    public void Equally_spaced_points_are_short_numbers() =>
        Of(new(0, 1, Logarithmic: false, 11), SettingKind.Real)
            .ShouldBe("0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1");

    [Fact]
    public void Logarithmic_points_are_powers() =>
        Of(new(1e-5, 1e-1, Logarithmic: true, 5), SettingKind.Real)
            .ShouldBe("1E-05 0.0001 0.001 0.01 0.1");

    [Fact]
    public void Whole_points_are_rounded() =>
        Of(new(1, 1000, Logarithmic: true, 4), SettingKind.Integer).ShouldBe("1 10 100 1000");

    [Fact]
    public void The_widest_range_does_not_overflow() =>
        Of(new(-double.MaxValue, double.MaxValue, Logarithmic: false, 3), SettingKind.Real)
            .ShouldBe("-1.7976931348623157E+308 0 1.7976931348623157E+308");

    private static string Of(SearchDomain.Range range, SettingKind kind) =>
        string.Join(" ", RangePoints.Of(range, kind));
}
