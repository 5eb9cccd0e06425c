using System.Globalization;
using System.Text.RegularExpressions;

namespace Mneme.Specs.Yaml;

internal enum YamlScalarKind { Null, Flag, Integer, Real, NotFinite, Text }

/// <summary>The core schema of YAML 1.2 (chapter 10.3): what a plain scalar means. There,
/// <c>yes</c> and <c>no</c> are texts and <c>1e-3</c> is a number.</summary>
internal static partial class YamlScalars
{
    public static YamlScalarKind KindOf(YamlScalar scalar)
    {
        if (!scalar.IsPlain) return YamlScalarKind.Text;
        return scalar.Text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => YamlScalarKind.Null,
            "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => YamlScalarKind.Flag,
            var text when IntegerPattern().IsMatch(text) => YamlScalarKind.Integer,
            var text when RealPattern().IsMatch(text) => YamlScalarKind.Real,
            var text when NotFinitePattern().IsMatch(text) => YamlScalarKind.NotFinite,
            _ => YamlScalarKind.Text,
        };
    }

    public static bool Flag(YamlScalar scalar) => scalar.Text[0] is 't' or 'T';

    /// <summary>The number, or null when it is not finite or not a number at all.</summary>
    public static double? Real(YamlScalar scalar)
    {
        var kind = KindOf(scalar);
        if (kind is not (YamlScalarKind.Integer or YamlScalarKind.Real)) return null;
        if (IsPrefixed(scalar.Text)) return Prefixed(scalar.Text);
        var value = double.Parse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? value : null;
    }

    /// <summary>The whole number, also when spelt 5.0 or 1e3; null when it is none or does not fit
    /// 64 bits.</summary>
    public static long? Integer(YamlScalar scalar)
    {
        var kind = KindOf(scalar);
        if (kind == YamlScalarKind.Integer)
        {
            if (IsPrefixed(scalar.Text)) return Prefixed(scalar.Text);
            return long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out var whole) ? whole : null;
        }
        // Beyond 2^53 a real no longer says which whole number is meant.
        return Real(scalar) is { } real && Math.Abs(real) <= 1L << 53 && real == Math.Floor(real)
            ? (long)real
            : null;
    }

    private static bool IsPrefixed(string text) => text.Length > 1 && text[1] is 'x' or 'o';

    private static long? Prefixed(string text)
    {
        var (digits, radix) = (text[2..].TrimStart('0'), text[1] == 'x' ? 16 : 8);
        // 15 hexadecimal or 20 octal digits fit; longer numbers are nobody's setting.
        if (digits.Length > (radix == 16 ? 15 : 20)) return null;
        return digits.Length == 0 ? 0 : Convert.ToInt64(digits, radix);
    }

    [GeneratedRegex(@"\A(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\z")]
    private static partial Regex IntegerPattern();

    [GeneratedRegex(@"\A[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\z")]
    private static partial Regex RealPattern();

    [GeneratedRegex(@"\A(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\z")]
    private static partial Regex NotFinitePattern();
}
