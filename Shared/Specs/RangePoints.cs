using System.Collections.Immutable;
using System.Globalization;

namespace Mneme.Specs;

/// <summary>The numbers of a search range.</summary>
public static class RangePoints
{
    /// <summary>The points a grid takes, from the lower bound to the upper.</summary>
    public static ImmutableArray<SettingValue> Of(SearchDomain.Range range, SettingKind kind)
    {
        var points = range.Points ?? throw new ArgumentException("a grid's range has points");
        var values = ImmutableArray.CreateBuilder<SettingValue>(points);
        for (var i = 0; i < points; i++)
        {
            var number = At(range, i / (points - 1.0));
            values.Add(kind == SettingKind.Integer
                ? new SettingValue.Integer((long)Math.Round(number))
                : new SettingValue.Real(number));
        }
        return values.MoveToImmutable();
    }

    /// <summary>The number at a fraction of the range: 0 is the lower bound, 1 the upper.</summary>
    public static double At(SearchDomain.Range range, double fraction)
    {
        if (fraction <= 0) return range.Low;
        if (fraction >= 1) return range.High;
        var number = range.Logarithmic
            ? Math.Exp(Between(Math.Log(range.Low), Math.Log(range.High), fraction))
            : Between(range.Low, range.High, fraction);
        return Math.Clamp(Rounded(number), range.Low, range.High);
    }

    // Not low + fraction * (high - low), which can overflow.
    private static double Between(double low, double high, double fraction) =>
        low * (1 - fraction) + high * fraction;

    // 12 digits: 0.3 stays 0.3, and the last bits of a C library's exp do not become an identity.
    private static double Rounded(double number) => double.Parse(
        number.ToString("E11", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
