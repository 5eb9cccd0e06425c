using System.Collections.Immutable;
using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>Reads <c>search</c>: how configurations are made, and from what.</summary>
internal sealed class SearchReader(SpecErrors errors, FamilySchema family)
{
    private const string Key = "search";
    private readonly NumberReader _numbers = new(errors);

    /// <summary>The search, or null when the file has none or after an error.</summary>
    public SearchSpec? Read(Section file, int seeds)
    {
        if (file[Key] is not { } node || Section.Of(node, Key, errors) is not { } section)
            return null;
        section.AllowOnly(["method", "trials", "seed", "parameters"]);
        if (ReadMethod(section) is not { } method) return null;
        var trials = ReadTrials(section, method);
        var seed = ReadSeed(section, method);
        var parameters = ReadParameters(section, file["settings"], method);
        var search = new SearchSpec(method, trials, seed, parameters);
        RefuseTooMany(section, search, seeds);
        return search;
    }

    private SearchMethod? ReadMethod(Section section)
    {
        const string expected = "grid or random";
        if (section.Required("method", expected) is not { } node) return null;
        switch ((node as YamlScalar)?.Text)
        {
            case "grid": return SearchMethod.Grid;
            case "random": return SearchMethod.Random;
            case "sobol" or "tpe":
                errors.Add(node.At, "search.method",
                    $"method: {((YamlScalar)node).Text} is not supported yet by this version",
                    expected);
                return null;
            case var other:
                var remedy = NearestName.Question(other ?? "", ["grid", "random"]);
                errors.Add(node.At, "search.method", $"the method is {node.Describe()}",
                    expected, remedy);
                return null;
        }
    }

    private int? ReadTrials(Section section, SearchMethod method)
    {
        const string key = "trials";
        if (method == SearchMethod.Grid)
        {
            Unwanted(section, key, "a grid tries every combination and takes no 'trials'");
            return null;
        }
        var expected = $"a whole number from 1 to {SpecLimits.Trials}";
        return section.Required(key, expected) is { } node
            ? (int?)_numbers.Whole(node, section.PathOf(key), 1, SpecLimits.Trials)
            : null;
    }

    private uint ReadSeed(Section section, SearchMethod method)
    {
        const string key = "seed";
        if (method == SearchMethod.Grid)
            Unwanted(section, key, "a grid draws nothing and takes no 'seed'");
        else if (section[key] is { } node)
            return (uint)(_numbers.Whole(node, section.PathOf(key), 0, uint.MaxValue) ?? 0);
        return 0;
    }

    private void Unwanted(Section section, string key, string message)
    {
        if (section.EntryOf(key) is { } entry)
            errors.Add(entry.Key.At, section.PathOf(key), message,
                remedy: $"remove '{key}', or use method: random");
    }

    private ImmutableArray<SearchParameter> ReadParameters(
        Section search, YamlNode? settings, SearchMethod method)
    {
        const string expected = "at least one setting to search";
        if (search.Required("parameters", expected) is not { } node ||
            Section.Of(node, "search.parameters", errors) is not { } section) return [];
        if (section.Entries.Count == 0)
            errors.Add(section.At, section.Path, "no parameters", expected);
        section.AllowOnly([.. family.Settings.Select(schema => schema.Name)]);
        RefuseFixed(section, settings as YamlMapping);
        var domains = new DomainReader(errors, method);
        var parameters = ImmutableArray.CreateBuilder<SearchParameter>();
        foreach (var schema in family.Settings)
            if (section[schema.Name] is { } value &&
                domains.Read(value, schema, section.PathOf(schema.Name)) is { } domain)
                parameters.Add(new SearchParameter(schema.Name, domain));
        return parameters.ToImmutable();
    }

    private void RefuseFixed(Section section, YamlMapping? settings)
    {
        foreach (var (key, _) in section.Entries)
            if (settings?.Entries.FirstOrDefault(entry => entry.Key.Text == key.Text) is { } twin)
                errors.Add(key.At, section.PathOf(key.Text),
                    $"{SpecErrors.Quote(key.Text)} is searched here and fixed under settings",
                    remedy: $"remove it here or in line {twin.Key.At.Line}");
    }

    private void RefuseTooMany(Section section, SearchSpec search, int seeds)
    {
        var trials = (UInt128)ConfigurationCount.Of(search) * (uint)seeds;
        if (trials > SpecLimits.Trials)
            errors.Add(section.At, Key,
                $"{trials} trials ({trials / (uint)seeds} configurations x {seeds} seeds)",
                $"at most {SpecLimits.Trials}", "search less at a time");
    }
}
