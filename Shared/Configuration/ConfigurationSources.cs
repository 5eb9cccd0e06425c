using System.Collections;

namespace Mneme.Configuration;

/// <summary>Where settings may stand: flags win over the environment, that over the file.</summary>
/// <param name="File">Null: the variable MNEME_CONFIG names one, or there is none.</param>
/// <param name="Environment">Variables by name.</param>
/// <param name="Flags">Values by the flag's name, <c>--slots</c>.</param>
/// <param name="Machine">Its name.</param>
public sealed record ConfigurationSources(
    string? File, IReadOnlyDictionary<string, string> Environment,
    IReadOnlyDictionary<string, string> Flags, string Machine)
{
    public const string FileVariable = "MNEME_CONFIG";

    public static ConfigurationSources OfThisProcess(
        string? file, IReadOnlyDictionary<string, string> flags) => new(
            file,
            System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(
                pair => (string)pair.Key, pair => (string?)pair.Value ?? ""),
            flags, System.Environment.MachineName);

    /// <summary>An empty variable is none: manifests cannot always leave one out.</summary>
    internal string? Variable(string name) =>
        Environment.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;
}
