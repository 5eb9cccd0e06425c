using System.Collections.Immutable;
using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>From the tree of a file to an experiment.</summary>
internal sealed class ExperimentReader(SpecErrors errors, IReadOnlyList<FamilySchema> catalogue)
{
    private static readonly ImmutableArray<string> Keys =
        ["name", "model", "steps", "measure_every", "measure_at", "seeds", "settings", "sets",
        "schedule", "schedules", "search", "resources"];

    // Words of the experiment file that a later version will understand.
    private static readonly ImmutableArray<string> LaterKeys = ["stop"];

    public ExperimentSpec? Read(YamlNode root)
    {
        if (Section.Of(root, "", errors) is not { } file) return null;
        var family = ReadModel(file);
        file.AllowOnly([.. Keys, .. LaterKeys], key => IsSetting(family, key)
            ? $"put '{key}' under settings"
            : null);
        RefuseLaterKeys(file);
        var name = ReadName(file);
        var resources = new ResourceReader(errors).Read(file);
        var seeds = new SeedReader(errors).Read(file);
        var (sets, schedules) = family is null
            ? new ScheduleReading([], default)
            : new ScheduleReader(errors, family).Read(file);
        var steps = schedules.IsDefault
            ? ReadCount(file, "steps") ?? family?.DefaultSteps ?? 1
            : schedules.Select(schedule => schedule.Steps).DefaultIfEmpty(1).Max();
        var measureEvery = ReadMeasureEvery(file, steps, family);
        var measureAt = ReadMeasureAt(file, steps);
        if (family is null) return null;
        var search = new SearchReader(errors, family).Read(file, seeds.Length);
        var settings = new SettingsReader(errors, family).Read(file, search);
        new RuleReader(errors, family).Check(file, settings, search);
        return new ExperimentSpec(
            name, family.Name, steps, measureEvery, seeds, settings, search)
        { Resources = resources, Sets = sets, Schedules = schedules, MeasureAt = measureAt };
    }

    private FamilySchema? ReadModel(Section file)
    {
        var names = catalogue.Select(family => family.Name).ToList();
        var expected = $"one of {string.Join(", ", names)}";
        if (file.Required("model", expected) is not { } node) return null;
        if (node is not YamlScalar scalar)
        {
            errors.Add(node.At, "model", $"model is {node.Describe()}", expected);
            return null;
        }
        var family = catalogue.FirstOrDefault(family => family.Name == scalar.Text);
        if (family is null)
            errors.Add(node.At, "model", $"unknown model {SpecErrors.Quote(scalar.Text)}",
                expected, NearestName.Question(scalar.Text, names));
        return family;
    }

    private string ReadName(Section file)
    {
        if (file.Required("name", SpecNames.Rule) is not { } node) return "";
        var name = (node as YamlScalar)?.Text ?? "";
        if (node is not YamlScalar)
            errors.Add(node.At, "name", $"name is {node.Describe()}", SpecNames.Rule);
        else if (SpecNames.Fault(name) is { } fault)
            errors.Add(node.At, "name", $"the name {SpecErrors.Quote(name)} {fault}",
                SpecNames.Rule);
        return name;
    }

    private long? ReadCount(Section file, string key) => file[key] is { } node
        ? new NumberReader(errors).Whole(node, key, 1, SpecLimits.Steps)
        : null;

    private long ReadMeasureEvery(Section file, long steps, FamilySchema? family)
    {
        const string key = "measure_every";
        if (ReadCount(file, key) is not { } every)
            return Math.Min(family?.DefaultMeasureEvery ?? 1, steps);
        if (every > steps)
            errors.Add(file[key]!.At, key, $"{key} is {every}, more than the {steps} steps",
                $"a whole number from 1 to {steps}");
        return every;
    }

    private ImmutableArray<long> ReadMeasureAt(Section file, long steps)
    {
        const string key = "measure_at";
        if (file[key] is not { } node) return [];
        if (node is YamlList list)
            return [.. list.Items.Select(item => new NumberReader(errors).Whole(
                item, key, 1, steps) ?? 1).Distinct().Order()];
        errors.Add(node.At, key, $"{key} is {node.Describe()}", "a list of steps, such as [1, 10]");
        return [];
    }

    private void RefuseLaterKeys(Section file)
    {
        foreach (var key in LaterKeys)
            if (file.EntryOf(key) is { } entry)
                errors.Add(entry.Key.At, key, $"'{key}' is not supported yet by this version",
                    remedy: "remove it");
    }

    private static bool IsSetting(FamilySchema? family, string key) =>
        family is not null && family.Settings.Any(setting => setting.Name == key);
}
