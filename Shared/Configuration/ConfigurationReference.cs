using System.Text;

namespace Mneme.Configuration;

/// <summary>The configuration file with every setting of a process, each with what it means.
/// </summary>
public static class ConfigurationReference
{
    public static string Of(Processes process)
    {
        var text = new StringBuilder();
        text.Append($"# The settings of {process.InWords()}. Each may also be a variable or a flag")
            .Append(",\n# which win over this file: flag > variable > file > default.\n");
        var group = "";
        foreach (var key in ConfigurationKeys.Of(process))
        {
            var (own, name) = key.Name.Split('.') is [var outer, var inner]
                ? (outer, inner)
                : ("", key.Name);
            if (own != group && own.Length > 0) text.Append($"#{own}:\n");
            group = own;
            var margin = own.Length > 0 ? "  " : "";
            text.Append($"{margin}# {key.Meaning}\n")
                .Append($"{margin}# {key.Variable}, {key.Flag}; default: {key.Default}\n")
                .Append($"{margin}#{name}: {Quoted(key)}\n");
        }
        return text.ToString();
    }

    private static string Quoted(ConfigurationKey key) =>
        key.Kind is KeyKind.Text or KeyKind.Secret && key.Example.Contains(':')
            ? $"'{key.Example}'"
            : key.Example;
}
