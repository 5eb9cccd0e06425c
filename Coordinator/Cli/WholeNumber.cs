using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Mneme.Coordinator.Cli;

/// <summary>Options that take a whole number, and say so when they get something else.</summary>
internal static class WholeNumber
{
    private const long Most = 1_000_000_000;

    /// <summary>Null where the user does not give it.</summary>
    public static Option<long?> Option(
        string name, string description, long least = 1, long most = Most) => new(name)
    {
        Description = description,
        CustomParser = given => Parse(name, given, least, most),
    };

    /// <summary>Null after the error that it is none.</summary>
    public static long? Parse(string name, ArgumentResult given, long least, long most)
    {
        var text = given.Tokens[^1].Value;
        var isWhole = long.TryParse(
            text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value);
        if (isWhole && value >= least && value <= most) return value;
        given.AddError($"{name} is '{text}'; expected a whole number from {least} to {most}");
        return null;
    }
}
