using Mneme.Configuration;

namespace Mneme.Tests.Shared.Configuration;

/// <summary>Settings as a test writes them: a name with a dash in front is a flag, one in capitals
/// a variable.</summary>
internal static class Given
{
    public static ConfigurationReading Read(
        Processes process, string? file, params string[] others)
    {
        var pairs = others.Select(text => text.Split('=', 2)).ToLookup(
            parts => parts[0].StartsWith('-'), parts => (Name: parts[0], Value: parts[1]));
        return ConfigurationReader.Read(process, new ConfigurationSources(
            file, pairs[false].ToDictionary(pair => pair.Name, pair => pair.Value),
            pairs[true].ToDictionary(pair => pair.Name, pair => pair.Value), "Some-Machine"));
    }
}
