using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>A mapping whose keys are known beforehand.</summary>
internal sealed class Section
{
    private const int MostNamesInAnError = 30;
    private readonly YamlMapping _mapping;
    private readonly SpecErrors _errors;

    private Section(YamlMapping mapping, string path, SpecErrors errors) =>
        (_mapping, Path, _errors) = (mapping, path, errors);

    public string Path { get; }
    public YamlMark At => _mapping.At;
    public IReadOnlyList<YamlEntry> Entries => _mapping.Entries;

    /// <summary>The node as a section, or null after the error that it is none.</summary>
    public static Section? Of(YamlNode node, string path, SpecErrors errors)
    {
        if (node is YamlMapping mapping) return new Section(mapping, path, errors);
        var what = path.Length == 0 ? "the file" : path;
        errors.Add(node.At, path, $"{what} is {node.Describe()}", "a mapping (key: value)");
        return null;
    }

    public YamlNode? this[string key] => EntryOf(key)?.Value;

    public YamlEntry? EntryOf(string key) =>
        Entries.FirstOrDefault(entry => entry.Key.Text == key);

    public string PathOf(string key) => SpecErrors.Join(Path, key);

    /// <summary>The value, or null after the error that it is missing.</summary>
    public YamlNode? Required(string key, string expected)
    {
        if (this[key] is { } node) return node;
        var place = Path.Length == 0 ? "" : $" in {Path}";
        _errors.Add(At, PathOf(key), $"the key '{key}' is missing{place}", expected);
        return null;
    }

    /// <summary>Reports every key that is not known.</summary>
    /// <param name="remedyOf">A better remedy than the nearest name, or null.</param>
    public void AllowOnly(
        IReadOnlyCollection<string> known, Func<string, string?>? remedyOf = null)
    {
        foreach (var (key, _) in Entries)
            if (!known.Contains(key.Text))
                Unknown(key, known, remedyOf?.Invoke(key.Text));
    }

    public void Unknown(YamlScalar key, IReadOnlyCollection<string> known, string? remedy = null)
    {
        var place = Path.Length == 0 ? "" : $" in {Path}";
        remedy ??= NearestName.Question(key.Text, known);
        var names = string.Join(", ", known.Take(MostNamesInAnError));
        _errors.Add(key.At, PathOf(key.Text),
            $"unknown key {SpecErrors.Quote(key.Text)}{place}",
            remedy is null ? $"one of {names}" : null, remedy);
    }
}
