using System.Collections.Immutable;
using Mneme.Specs;

namespace Mneme.Coordinator.Search;

/// <summary>Every combination of the searched values.</summary>
public static class GridSearch
{
    /// <summary>The searched settings of each configuration; the last parameter changes fastest.
    /// </summary>
    public static IEnumerable<ImmutableArray<Setting>> Configurations(
        SearchSpec search, FamilySchema family)
    {
        IEnumerable<ImmutableArray<Setting>> configurations = [[]];
        foreach (var (name, domain) in search.Parameters)
        {
            var values = ValuesOf(domain, family.Settings.Single(schema => schema.Name == name));
            configurations = configurations.SelectMany(
                _ => values, (before, value) => before.Add(new Setting(name, value)));
        }
        return configurations;
    }

    private static ImmutableArray<SettingValue> ValuesOf(
        SearchDomain domain, SettingSchema schema) => domain switch
        {
            SearchDomain.Values values => values.Choices,
            SearchDomain.Range range => RangePoints.Of(range, schema.Kind),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
