using Mneme.Specs;

namespace Mneme.Configuration;

/// <summary>The command line of a process that has settings and nothing else.</summary>
public static class ConfigurationFlags
{
    public const string File = "--config";

    /// <summary>Values by flag; null with what is wrong.</summary>
    public static IReadOnlyDictionary<string, string>? Parse(
        Processes process, IReadOnlyList<string> arguments, out string fault)
    {
        var known = ConfigurationKeys.Of(process).ToDictionary(key => key.Flag, key => key.Kind);
        known[File] = KeyKind.Text;
        var given = new Dictionary<string, string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var parts = arguments[i].Split('=', 2);
            if (!known.TryGetValue(parts[0], out var kind))
                return Wrong($"unknown option {SpecErrors.Quote(parts[0])}; "
                    + (NearestName.Question(parts[0], known.Keys)
                        ?? $"one of {string.Join(", ", known.Keys)}"), out fault);
            var value = parts.Length == 2 ? parts[1]
                : kind == KeyKind.Switch ? "true"
                : i + 1 < arguments.Count ? arguments[++i]
                : null;
            if (value is null) return Wrong($"{parts[0]} needs a value", out fault);
            if (!given.TryAdd(parts[0], value))
                return Wrong($"{parts[0]} is given twice", out fault);
        }
        fault = "";
        return given;
    }

    private static Dictionary<string, string>? Wrong(string text, out string fault)
    {
        fault = text;
        return null;
    }
}
