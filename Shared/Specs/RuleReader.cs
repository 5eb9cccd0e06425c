using System.Collections.Immutable;
using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>Holds a file against the rules of its family: every combination of values that its
/// trials may have.</summary>
internal sealed class RuleReader(SpecErrors errors, FamilySchema family)
{
    public void Check(Section file, ImmutableArray<Setting> fixedOnes, SearchSpec? search)
    {
        // A value that was refused already is not what its author meant.
        if (errors.Found.Count > 0) return;
        foreach (var rule in family.Rules)
        {
            var fault = Combinations(rule, fixedOnes, search).Take(SpecLimits.Trials)
                .Select(rule.Fault).FirstOrDefault(found => found is not null);
            if (fault is null) continue;
            var (at, path) = PlaceOf(rule, file);
            errors.Add(at, path, fault, remedy: rule.Remedy);
        }
    }

    private IEnumerable<ImmutableDictionary<string, SettingValue>> Combinations(
        SettingRule rule, ImmutableArray<Setting> fixedOnes, SearchSpec? search)
    {
        IEnumerable<ImmutableDictionary<string, SettingValue>> all =
            [ImmutableDictionary<string, SettingValue>.Empty];
        foreach (var name in rule.Settings)
        {
            var searched = search?.Parameters.FirstOrDefault(p => p.Name == name)?.Domain;
            var values = searched is null
                ? [fixedOnes.First(setting => setting.Name == name).Value]
                : ValuesOf(searched, family.Settings.First(schema => schema.Name == name));
            all = all.SelectMany(_ => values, (before, value) => before.Add(name, value));
        }
        return all;
    }

    // Of a range that is drawn from, the ends stand for all.
    private static ImmutableArray<SettingValue> ValuesOf(
        SearchDomain domain, SettingSchema schema) => domain switch
        {
            SearchDomain.Values list => list.Choices,
            SearchDomain.Range range =>
                RangePoints.Of(range with { Points = range.Points ?? 2 }, schema.Kind),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static (YamlMark, string) PlaceOf(SettingRule rule, Section file)
    {
        var search = file["search"] as YamlMapping;
        foreach (var name in rule.Settings)
        {
            if (Entry(file["settings"], name) is { } given)
                return (given.Value.At, $"settings.{name}");
            if (Entry(search?.Entries.FirstOrDefault(e => e.Key.Text == "parameters")?.Value, name)
                is { } searched) return (searched.Value.At, $"search.parameters.{name}");
        }
        return (file.At, "settings");
    }

    private static YamlEntry? Entry(YamlNode? section, string key) =>
        (section as YamlMapping)?.Entries.FirstOrDefault(entry => entry.Key.Text == key);
}
