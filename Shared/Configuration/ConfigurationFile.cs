using Mneme.Specs;
using Mneme.Specs.Yaml;

namespace Mneme.Configuration;

/// <summary>Reads a configuration file as strictly as an experiment.</summary>
internal sealed class ConfigurationFile(string path, Processes process, List<string> faults)
{
    private readonly SpecErrors errors = new(path);
    private readonly Dictionary<string, GivenValue> given = [];

    public IReadOnlyDictionary<string, GivenValue> Read()
    {
        if (SpecFile.Load(path, errors) is { } bytes
            && SpecFile.Decode(bytes, errors) is { } text
            && new YamlTree(errors).Read(text) is { } root
            && Section.Of(root, "", errors) is { } file) ReadSection(file);
        faults.AddRange(errors.Found
            .OrderBy(error => error.Line).ThenBy(error => error.Column)
            .Select(error => error.ToString()));
        return given;
    }

    private void ReadSection(Section section)
    {
        var below = section.Path.Length == 0 ? "" : section.Path + ".";
        var known = ConfigurationKeys.Of(process).Select(key => key.Name)
            .Where(name => name.StartsWith(below, StringComparison.Ordinal))
            .Select(name => name[below.Length..].Split('.')[0]).Distinct().ToList();
        section.AllowOnly(known, key => RemedyFor(below + key));
        foreach (var (key, value) in section.Entries.Where(entry => known.Contains(entry.Key.Text)))
            ReadEntry(below + key.Text, value);
    }

    private void ReadEntry(string name, YamlNode node)
    {
        var key = ConfigurationKeys.Table.FirstOrDefault(key => key.Name == name);
        if (key is null)
        {
            if (Section.Of(node, name, errors) is { } section) ReadSection(section);
        }
        else if (node is YamlScalar scalar && Fits(key.Kind, scalar))
            given[name] = new GivenValue(
                scalar.Text, Source.File, $"{path}:{node.At.Line}:{node.At.Column}");
        else errors.Add(node.At, name, $"{name} is {Shown(key, node)}", Expected(key.Kind));
    }

    // What looks like a secret may be one, of whatever type.
    private static string Shown(ConfigurationKey key, YamlNode node) =>
        key.Kind == KeyKind.Secret ? "no text" : node.Describe();

    private static bool Fits(KeyKind kind, YamlScalar scalar) => kind switch
    {
        KeyKind.Whole => YamlScalars.Integer(scalar) is not null,
        KeyKind.Switch => YamlScalars.KindOf(scalar) == YamlScalarKind.Flag,
        _ => YamlScalars.KindOf(scalar) == YamlScalarKind.Text && scalar.Text.Length > 0,
    };

    private static string Expected(KeyKind kind) => kind switch
    {
        KeyKind.Whole => "a whole number",
        KeyKind.Switch => "true or false",
        _ => "a text (in quotes if it looks like something else)",
    };

    private string? RemedyFor(string name)
    {
        var elsewhere = ConfigurationKeys.Table
            .Where(key => $"{key.Name}.".StartsWith($"{name}.", StringComparison.Ordinal))
            .Aggregate(Processes.None, (all, key) => all | key.Processes);
        if (elsewhere == Processes.None) return null;
        return name == ConfigurationKeys.Database
            ? $"only serve has a database login: a {process.InWords()} must not know it, remove it"
            : $"it is a setting of {elsewhere.InWords()}, not of {process.InWords()}: remove it";
    }
}
