using System.CommandLine;
using Mneme.Configuration;

namespace Mneme.Coordinator.Cli;

/// <summary>A process's settings as options of its command: those of its table, and the file.
/// </summary>
internal sealed class ConfigurationOptions(Processes process)
{
    private readonly Option<string?> file = new(ConfigurationFlags.File)
    {
        Description = "YAML file with settings (MNEME_CONFIG); 'mneme configuration' prints one",
    };

    private readonly List<(ConfigurationKey Key, Option Option)> options =
        [.. ConfigurationKeys.Of(process).Select(key => (key, OptionOf(key)))];

    public void AddTo(Command command)
    {
        command.Options.Add(file);
        foreach (var (_, option) in options) command.Options.Add(option);
    }

    /// <exception cref="UserError">Every fault, with its place and remedy.</exception>
    public NodeConfiguration Read(ParseResult parsed)
    {
        var flags = new Dictionary<string, string>();
        foreach (var (key, option) in options)
            if (TextOf(parsed, option) is { } text) flags[key.Flag] = text;
        var reading = ConfigurationReader.Read(
            process, ConfigurationSources.OfThisProcess(parsed.GetValue(file), flags));
        if (!reading.IsValid)
            throw new UserError(string.Join("\nmneme: ", reading.Faults), UserError.Usage);
        if (reading.Settings.Insecure) Warn(reading.Settings);
        return reading.Settings;
    }

    private static void Warn(NodeConfiguration settings)
    {
        Console.Error.WriteLine(Exposure.Banner);
        foreach (var fault in Exposure.Faults(settings)) Console.Error.WriteLine($"  {fault}");
    }

    private static Option OptionOf(ConfigurationKey key) => key.Kind == KeyKind.Switch
        ? new Option<bool>(key.Flag) { Description = key.Meaning }
        : new Option<string?>(key.Flag)
        {
            Description = $"{key.Meaning} ({key.Variable}; default: {key.Default})",
        };

    private static string? TextOf(ParseResult parsed, Option option) => option switch
    {
        Option<bool> flag => parsed.GetValue(flag) ? "true" : null,
        _ => parsed.GetValue((Option<string?>)option),
    };
}
