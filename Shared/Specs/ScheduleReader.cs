using System.Collections.Immutable;
using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>Reads <c>schedule</c>: a first phase, then phases that begin with a switch.</summary>
internal sealed class ScheduleReader(SpecErrors errors, FamilySchema family)
{
    private const string Key = "schedule";
    private const string First = "{phase: NAME, steps: N}";
    private const string Later = "{switch: KIND, steps: N}";
    private readonly NumberReader _numbers = new(errors);
    private readonly SettingReader _values = new(errors);

    /// <summary>The phases, or none when the file has no schedule.</summary>
    public ImmutableArray<PhaseSpec> Read(Section file)
    {
        if (file[Key] is not { } node) return [];
        if (file.EntryOf("steps") is { } steps)
            errors.Add(steps.Key.At, "steps", "steps and a schedule are both given",
                remedy: "remove steps: they follow from the phases");
        if (node is YamlList { Items.Count: > 0 } list)
            return [.. list.Items.Select(ReadPhase).OfType<PhaseSpec>()];
        errors.Add(
            node.At, Key, $"{Key} is {node.Describe()}", $"a list such as [{First}, {Later}]");
        return [];
    }

    private PhaseSpec? ReadPhase(YamlNode node, int place)
    {
        if (Section.Of(node, $"{Key}[{place}]", errors) is not { } phase) return null;
        var how = place == 0 ? null : ReadSwitch(phase);
        if (place == 0) phase.AllowOnly(["phase", "steps"], key => key == "switch"
            ? "the first phase begins from the seeds: nothing can switch before it" : null);
        var name = phase["phase"] is YamlScalar text ? text.Text : how?.Kind ?? $"phase {place}";
        var steps = phase.Required("steps", "a whole number of at least 1") is { } count
            ? _numbers.Whole(count, phase.PathOf("steps"), 1, SpecLimits.Steps)
            : null;
        var whole = steps is not null && (place == 0 || how is not null);
        return whole ? new PhaseSpec(name, steps!.Value, how) : null;
    }

    private SwitchSpec? ReadSwitch(Section phase)
    {
        var kinds = family.Switches.Select(known => known.Kind).ToList();
        var expected = kinds.Count == 0
            ? $"no switch: {family.Name} has none"
            : $"one of {string.Join(", ", kinds)}";
        if (phase.Required("switch", expected) is not { } node) return null;
        var kind = (node as YamlScalar)?.Text ?? "";
        var schema = family.Switches.FirstOrDefault(known => known.Kind == kind);
        if (schema is not null) return new SwitchSpec(kind, ReadSettings(phase, schema));
        errors.Add(node.At, phase.PathOf("switch"), $"unknown switch {SpecErrors.Quote(kind)}",
            expected, NearestName.Question(kind, kinds));
        return null;
    }

    private ImmutableArray<Setting> ReadSettings(Section phase, SwitchSchema schema)
    {
        phase.AllowOnly(["phase", "switch", "steps", .. schema.Settings.Select(s => s.Name)]);
        return
        [
            .. schema.Settings.Select(setting => new Setting(
                setting.Name,
                phase[setting.Name] is { } node
                    ? _values.Read(node, setting, phase.PathOf(setting.Name)) ?? setting.Default
                    : setting.Default)),
        ];
    }
}
