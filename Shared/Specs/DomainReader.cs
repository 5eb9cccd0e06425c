using System.Collections.Immutable;
using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>Reads what one searched setting may be: a list, or a range.</summary>
internal sealed class DomainReader(SpecErrors errors, SearchMethod method)
{
    private const string Forms = "[a, b, ...], {uniform: [a, b]} or {log_uniform: [a, b]}";
    private readonly SettingReader _settings = new(errors);

    public SearchDomain? Read(YamlNode node, SettingSchema schema, string path) => node switch
    {
        YamlList list => ReadValues(list, schema, path),
        YamlMapping => ReadForm(Section.Of(node, path, errors)!, schema),
        _ => Refuse(node, path, $"{path} is {node.Describe()}", Forms,
            "a single value belongs under settings"),
    };

    private SearchDomain? ReadForm(Section section, SettingSchema schema)
    {
        string[] forms = ["values", "uniform", "log_uniform"];
        section.AllowOnly([.. forms, "points"]);
        var given = forms.Where(form => section[form] is not null).ToList();
        if (given.Count != 1)
            return Refuse(
                section, $"{section.Path} has {given.Count} of {string.Join(", ", forms)}");
        var node = section[given[0]]!;
        if (given[0] != "values")
            return new RangeReader(errors, method).Read(section, given[0], schema);
        if (section.EntryOf("points") is { } points)
            return Refuse(points.Key, section.Path, "a list of values has no 'points'", null,
                "remove 'points'");
        return node is YamlList list
            ? ReadValues(list, schema, section.Path)
            : Refuse(node, section.Path, $"values is {node.Describe()}", "a list");
    }

    private SearchDomain? ReadValues(YamlList list, SettingSchema schema, string path)
    {
        if (list.Items.Count == 0)
            return Refuse(list, path, $"{path} has no values", "at least one value");
        if (schema.Kind is SettingKind.Integers or SettingKind.Texts
            && list.Items[0] is YamlScalar one)
            return Refuse(one, path, $"{path} is a list, and so is each of its values",
                "a list of lists, such as [[2], [4, 4]]");
        var values = ImmutableArray.CreateBuilder<SettingValue>();
        var seen = new HashSet<SettingValue>();
        foreach (var item in list.Items)
        {
            if (_settings.Read(item, schema, path) is not { } value) continue;
            values.Add(value);
            if (!seen.Add(value))
                Refuse(item, path, $"{value} is here a second time", null, "give each value once");
        }
        return new SearchDomain.Values(values.ToImmutable());
    }

    private SearchDomain? Refuse(Section section, string message)
    {
        errors.Add(section.At, section.Path, message, Forms);
        return null;
    }

    private SearchDomain? Refuse(
        YamlNode node, string path, string message, string? expected, string? remedy = null)
    {
        errors.Add(node.At, path, message, expected, remedy);
        return null;
    }
}
