using System.Collections.Immutable;
using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>Reads <c>settings</c> and fills in the defaults of the family.</summary>
internal sealed class SettingsReader(SpecErrors errors, FamilySchema family)
{
    private const string Key = "settings";
    private readonly SettingReader _values = new(errors);

    /// <summary>Every setting that is not searched, in the family's order.</summary>
    public ImmutableArray<Setting> Read(Section file, SearchSpec? search)
    {
        var searched = search?.Parameters.Select(parameter => parameter.Name).ToHashSet() ?? [];
        var section = SectionOf(file);
        section?.AllowOnly([.. family.Settings.Select(schema => schema.Name)]);
        return
        [
            .. family.Settings
                .Where(schema => !searched.Contains(schema.Name))
                .Select(schema => new Setting(schema.Name, ValueOf(section, schema))),
        ];
    }

    // A section whose every line is commented out is null in YAML, and means the defaults.
    private Section? SectionOf(Section file) => file[Key] switch
    {
        null => null,
        YamlScalar scalar when YamlScalars.KindOf(scalar) == YamlScalarKind.Null => null,
        var node => Section.Of(node, Key, errors),
    };

    private SettingValue ValueOf(Section? section, SettingSchema schema) =>
        section?[schema.Name] is { } node
            ? _values.Read(node, schema, section.PathOf(schema.Name)) ?? schema.Default
            : schema.Default;
}
