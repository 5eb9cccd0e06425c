using System.Collections.Immutable;
using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>Reads <c>schedule</c>: a first phase, then phases that begin with a switch.</summary>
internal sealed class ScheduleReader(SpecErrors errors, FamilySchema family)
{
    private const string One = "schedule";
    private const string Several = "schedules";
    private const string First = "{phase: NAME, steps: N}";
    private const string Later = "{switch: KIND, steps: N}";
    private readonly NumberReader _numbers = new(errors);
    private readonly SettingReader _values = new(errors);

    /// <summary>The schedules, or the default when the file has none.</summary>
    public ImmutableArray<ScheduleSpec> Read(Section file)
    {
        var key = file.EntryOf(Several) is null ? One : Several;
        if (file[key] is not { } node) return default;
        RefuseBeside(file, "steps", key, "they follow from the phases");
        if (key == One) return [ReadSchedule(node, One)];
        RefuseBeside(file, One, key, "put it among the schedules");
        return ReadAll(node);
    }

    private void RefuseBeside(Section file, string other, string key, string remedy)
    {
        if (file.EntryOf(other) is { } entry)
            errors.Add(entry.Key.At, other, $"{other} and {key} are both given",
                remedy: $"remove {other}: {remedy}");
    }

    private ImmutableArray<ScheduleSpec> ReadAll(YamlNode node)
    {
        if (node is not YamlList { Items.Count: > 0 } list)
        {
            errors.Add(node.At, Several, $"{Several} is {node.Describe()}",
                $"a list of schedules, each a list such as [{First}, {Later}]");
            return default;
        }
        var schedules = list.Items
            .Select((item, place) => ReadSchedule(item, $"{Several}[{place}]")).ToImmutableArray();
        for (var i = 1; i < schedules.Length; i++) Compare(list.Items[i], schedules, i);
        return schedules;
    }

    // Curves of equal length fit into one table; equal schedules would be the same trials.
    private void Compare(YamlNode node, ImmutableArray<ScheduleSpec> schedules, int place)
    {
        var path = $"{Several}[{place}]";
        if (schedules[place].Steps != schedules[0].Steps)
            errors.Add(node.At, path, $"{path} has {schedules[place].Steps} steps",
                $"as many as the first schedule: {schedules[0].Steps}");
        if (schedules.IndexOf(schedules[place]) < place)
            errors.Add(node.At, path, $"{path} is here a second time",
                remedy: "give each schedule once: its trials would be the same");
    }

    private ScheduleSpec ReadSchedule(YamlNode node, string path)
    {
        if (node is YamlList { Items.Count: > 0 } list)
            return new([.. list.Items.Select((item, place) => ReadPhase(item, path, place))
                .OfType<PhaseSpec>()]);
        errors.Add(
            node.At, path, $"{path} is {node.Describe()}", $"a list such as [{First}, {Later}]");
        return new([]);
    }

    private PhaseSpec? ReadPhase(YamlNode node, string path, int place)
    {
        if (Section.Of(node, $"{path}[{place}]", errors) is not { } phase) return null;
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
