using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>Reads <c>{uniform: [a, b]}</c> and <c>{log_uniform: [a, b]}</c>, with <c>points: n</c>
/// in a grid.</summary>
internal sealed class RangeReader(SpecErrors errors, SearchMethod method)
{
    private const int MostPoints = 100_000;

    public SearchDomain? Read(Section section, string form, SettingSchema schema)
    {
        var points = ReadPoints(section);
        if (schema.Kind is not (SettingKind.Integer or SettingKind.Real))
            return Refuse(section.EntryOf(form)!.Key, section,
                $"{section.Path} has no range: it is {SettingReader.Expected(schema)}",
                "{values: [a, b, ...]}");
        var bounds = section[form]!;
        if (bounds is not YamlList { Items: [var lower, var upper] })
            return Refuse(bounds, section, $"{form} is {bounds.Describe()}", "two numbers: [a, b]");
        if (ReadBound(lower, section, schema) is not { } low ||
            ReadBound(upper, section, schema) is not { } high) return null;
        if (low >= high)
            return Refuse(upper, section, $"the upper bound {high} is not above {low}",
                "[lower, upper]");
        var logarithmic = form == "log_uniform";
        if (logarithmic && low <= 0)
            return Refuse(lower, section, $"the lower bound {low} has no logarithm",
                "a number above 0");
        var range = new SearchDomain.Range(low, high, logarithmic, points);
        return AreDistinct(range, schema) ? range
            : Refuse(section.EntryOf("points")!.Value, section,
                $"{points} points from {low} to {high} are not {points} different values",
                "fewer points");
    }

    private int? ReadPoints(Section section)
    {
        const string key = "points";
        if (method == SearchMethod.Grid)
            return section.Required(key, "the number of values that a grid takes") is { } node
                ? (int?)new NumberReader(errors).Whole(node, section.PathOf(key), 2, MostPoints)
                : null;
        if (section.EntryOf(key) is { } entry)
            errors.Add(entry.Key.At, section.PathOf(key), "a random search has no 'points'",
                remedy: "remove 'points', or use method: grid");
        return null;
    }

    private double? ReadBound(YamlNode node, Section section, SettingSchema schema)
    {
        var bounded = schema with
        {
            Optional = false,
            Minimum = schema.Kind == SettingKind.Integer
                ? Math.Max(schema.Minimum, -SpecLimits.ExactInteger) : schema.Minimum,
            Maximum = schema.Kind == SettingKind.Integer
                ? Math.Min(schema.Maximum, SpecLimits.ExactInteger) : schema.Maximum,
        };
        return new SettingReader(errors).Read(node, bounded, section.Path) switch
        {
            SettingValue.Integer integer => integer.Value,
            SettingValue.Real real => real.Value,
            _ => null,
        };
    }

    private static bool AreDistinct(SearchDomain.Range range, SettingSchema schema) =>
        range.Points is not { } points ||
        RangePoints.Of(range, schema.Kind).Distinct().Count() == points;

    private SearchDomain? Refuse(YamlNode node, Section section, string message, string expected)
    {
        errors.Add(node.At, section.Path, message, expected);
        return null;
    }
}
