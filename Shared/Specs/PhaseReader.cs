using System.Collections.Immutable;
using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>A phase as the file has it: names are not looked up yet.</summary>
/// <param name="At">The phase's place in the file.</param>
/// <param name="Set">As given, or null.</param>
/// <param name="Saved">Where the switch names an earlier <c>save</c>, or null.</param>
internal sealed record PhaseDraft(
    YamlMark At, string Path, string Name, long Steps, SwitchSchema? Kind, SwitchSpec? Switch,
    YamlScalar? Set, string? Save, YamlScalar? Saved);

/// <summary>Reads the phases of one schedule; <c>repeat</c> writes some of them several times.
/// </summary>
internal sealed class PhaseReader(SpecErrors errors, FamilySchema family)
{
    public const string Example =
        "a list such as [{phase: NAME, steps: N}, {switch: KIND, steps: N}]";
    private readonly NumberReader numbers = new(errors);
    private readonly SettingReader values = new(errors);

    public List<PhaseDraft> Read(YamlNode node, string path)
    {
        var drafts = new List<PhaseDraft>();
        if (node is YamlList { Items.Count: > 0 } list) ReadAll(list, path, drafts, round: 1);
        else errors.Add(node.At, path, $"{path} is {node.Describe()}", Example);
        if (drafts.Count > SpecLimits.Phases)
            errors.Add(node.At, path, $"{path} has {drafts.Count} phases",
                $"at most {SpecLimits.Phases}");
        return drafts;
    }

    private void ReadAll(YamlList list, string path, List<PhaseDraft> into, int round)
    {
        for (var place = 0; place < list.Items.Count; place++)
            if (Section.Of(list.Items[place], $"{path}[{place}]", errors) is { } section)
                if (section.EntryOf("repeat") is not null) ReadRepeat(section, into);
                else if (ReadPhase(section, into.Count, round) is { } phase) into.Add(phase);
    }

    private void ReadRepeat(Section section, List<PhaseDraft> into)
    {
        section.AllowOnly(["repeat", "phases"]);
        var count = numbers.Whole(
            section["repeat"]!, section.PathOf("repeat"), 1, SpecLimits.Phases);
        if (section.Required("phases", Example) is not { } node) return;
        if (node is not YamlList { Items.Count: > 0 } phases)
            errors.Add(node.At, section.PathOf("phases"), $"phases is {node.Describe()}", Example);
        else
            for (var round = 1; round <= count && into.Count <= SpecLimits.Phases; round++)
                ReadAll(phases, section.PathOf("phases"), into, round);
    }

    private PhaseDraft? ReadPhase(Section phase, int place, int round)
    {
        var begins = place == 0 && phase["switch"] is null;
        var kind = begins ? null : ReadKind(phase);
        if (kind is null && !begins)
        {
            // The missing switch may be a misspelt one.
            if (phase["switch"] is null) phase.AllowOnly([.. family.Switches.SelectMany(Keys)]);
            return null;
        }
        phase.AllowOnly(Keys(kind), key => key == "save" && !family.CanSave
            ? $"{family.Name} has nothing to save"
            : null);
        var name = (phase["phase"] as YamlScalar)?.Text ?? kind?.Kind ?? "first";
        var steps = phase.Required("steps", "a whole number of at least 1") is { } count
            ? numbers.Whole(count, phase.PathOf("steps"), 1, SpecLimits.Steps)
            : null;
        var how = kind is null ? null : new SwitchSpec(kind.Kind, ReadSettings(phase, kind));
        return steps is null ? null : new PhaseDraft(
            phase.At, phase.Path, round == 1 ? name : $"{name} {round}", steps.Value, kind, how,
            phase["set"] as YamlScalar, (phase["save"] as YamlScalar)?.Text,
            kind?.SavedIn is { } saved ? phase[saved] as YamlScalar : null);
    }

    private List<string> Keys(SwitchSchema? kind)
    {
        List<string> keys = ["phase"];
        if (kind is not null) keys.Add("switch");
        keys.Add("steps");
        if (kind?.Set != SetUse.Apart) keys.Add("set");
        if (kind is not null && family.CanSave) keys.Add("save");
        if (kind is not null) keys.AddRange(kind.Settings.Select(setting => setting.Name));
        return keys;
    }

    private SwitchSchema? ReadKind(Section phase)
    {
        var kinds = family.Switches.Select(known => known.Kind).ToList();
        var expected = kinds.Count == 0
            ? $"no switch: {family.Name} has none"
            : $"one of {string.Join(", ", kinds)}";
        if (phase.Required("switch", expected) is not { } node) return null;
        var kind = (node as YamlScalar)?.Text ?? "";
        var schema = family.Switches.FirstOrDefault(known => known.Kind == kind);
        if (schema is null)
            errors.Add(node.At, phase.PathOf("switch"), $"unknown switch {SpecErrors.Quote(kind)}",
                expected, NearestName.Question(kind, kinds));
        return schema;
    }

    private ImmutableArray<Setting> ReadSettings(Section phase, SwitchSchema schema) =>
    [
        .. schema.Settings.Select(setting => new Setting(
            setting.Name,
            phase[setting.Name] is { } node
                ? values.Read(node, setting, phase.PathOf(setting.Name)) ?? setting.Default
                : setting.Default)),
    ];
}
