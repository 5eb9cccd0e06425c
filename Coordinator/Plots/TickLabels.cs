using System.Globalization;

namespace Mneme.Coordinator.Plots;

internal static class TickLabels
{
    /// <summary>A step count in the unit that suits the largest: 500, 2000, 50k, 1.5M.</summary>
    public static string Step(double step, double largest)
    {
        var (unit, name) = largest switch
        {
            >= 1e9 => (1e9, "G"),
            >= 1e6 => (1e6, "M"),
            >= 2e4 => (1e3, "k"),
            _ => (1, ""),
        };
        return step == 0 ? "0" : Number(step / unit) + name;
    }

    /// <summary>A measured value: as it is, or with an exponent when that is shorter.</summary>
    public static string Value(double value) => Math.Abs(value) is 0 or >= 1e-3 and < 1e5
        ? Number(value)
        : value.ToString("0.###e0", CultureInfo.InvariantCulture);

    private static string Number(double number) =>
        number.ToString("0.######", CultureInfo.InvariantCulture);
}
