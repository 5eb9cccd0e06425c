using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>What an experiment file calls its experiment, before anything else of it is looked at.
/// </summary>
public static class SpecName
{
    /// <summary>Null when it is not readable, or names it otherwise than allowed.</summary>
    public static string? Of(ReadOnlySpan<byte> content)
    {
        var errors = new SpecErrors("spec");
        return SpecFile.Decode(content, errors) is { } text
            && new YamlTree(errors).Read(text) is YamlMapping file
            && errors.Found.Count == 0
            && file.Entries.FirstOrDefault(entry => entry.Key.Text == "name")?.Value
                is YamlScalar { Text: var name }
            && SpecNames.Fault(name) is null
                ? name
                : null;
    }
}
