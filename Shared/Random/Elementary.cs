namespace Mneme.Random;

/// <summary>
/// Logarithm, sine and cosine from additions, products and quotients alone. A C library picks its
/// own variant by processor, and the last bit with it; these are the same everywhere.
/// </summary>
internal static class Elementary
{
    private const double Ln2 = 0.693147180559945309417;

    /// <summary>ln x for normal x > 0, to about 1e-15: 2 artanh((m-1)/(m+1)) + e ln 2.</summary>
    public static double Log(double x)
    {
        var exponent = Math.ILogB(x);
        var mantissa = Math.ScaleB(x, -exponent);
        if (mantissa > 1.41421356) (mantissa, exponent) = (mantissa / 2, exponent + 1);
        var s = (mantissa - 1) / (mantissa + 1);
        var sum = 0.0;
        for (var power = 23; power >= 1; power -= 2) sum = sum * s * s + 1.0 / power;
        return 2 * s * sum + exponent * Ln2;
    }

    /// <summary>Sine and cosine of 2 pi <paramref name="turns"/>, turns in [0, 1).</summary>
    public static (double Sin, double Cos) SinCosOfTurns(double turns)
    {
        var quarter = (int)(turns * 4 + 0.5);
        var angle = 2 * Math.PI * (turns - quarter * 0.25);
        double sin = Sine(angle), cos = Cosine(angle);
        return (quarter & 3) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }

    // Taylor series: below pi/4 the first term left out is under 1e-17.
    private static double Sine(double angle)
    {
        var sum = 1.0;
        for (var n = 16; n >= 2; n -= 2) sum = 1 - angle * angle * sum / (n * (n + 1));
        return angle * sum;
    }

    private static double Cosine(double angle)
    {
        var sum = 1.0;
        for (var n = 18; n >= 2; n -= 2) sum = 1 - angle * angle * sum / (n * (n - 1));
        return sum;
    }
}
