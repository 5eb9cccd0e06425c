using System.Collections.Immutable;
using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>What a file says of sets and schedules.</summary>
/// <param name="Schedules">The default when the file has none.</param>
internal sealed record ScheduleReading(
    ImmutableArray<string> Sets, ImmutableArray<ScheduleSpec> Schedules);

/// <summary>Reads <c>sets</c> and <c>schedule</c> (phases that begin with switches), or
/// <c>schedules</c>: a list of such, or all orders of some sets.</summary>
internal sealed class ScheduleReader(SpecErrors errors, FamilySchema family)
{
    private const string One = "schedule";
    private const string Several = "schedules";
    private const string AList = "a list of schedules, each a list of phases, or {orders_of: "
        + "[SET, ...], switch: KIND, steps: N}";
    private readonly PhaseReader phases = new(errors, family);
    private readonly OrdersReader orders = new(errors);

    public ScheduleReading Read(Section file)
    {
        var key = file.EntryOf(Several) is null ? One : Several;
        var node = file[key];
        if (node is not null) RefuseBeside(file, "steps", key, "they follow from the phases");
        if (node is not null && key == Several)
            RefuseBeside(file, One, key, "put it among the schedules");
        var names = new SetReader(errors).Read(file) ?? OrdersReader.SetsOf(node);
        var drafts = Drafts(node, key).ToList();
        var resolver = new ScheduleResolver(errors, family, names);
        var schedules = drafts.Select(draft => resolver.Resolve(draft.Phases)).ToImmutableArray();
        resolver.CheckJoint();
        for (var i = 1; i < schedules.Length; i++)
            if (drafts[i].Node is { } place) RefuseTwice(place, schedules, i);
        return new(resolver.Names, node is null ? default : schedules);
    }

    private IEnumerable<(YamlNode? Node, List<PhaseDraft> Phases)> Drafts(
        YamlNode? node, string key)
    {
        if (node is null || IsTheOther(node, key)) return [];
        if (key == One) return [(null, phases.Read(node, One))];
        if (node is YamlMapping all)
            return orders.Read(all).Select((order, i) =>
                ((YamlNode?)null, phases.Read(order, $"{Several}[{i}]")));
        if (node is YamlList { Items.Count: > 0 } list)
            return list.Items.Select((item, i) =>
                ((YamlNode?)item, phases.Read(item, $"{Several}[{i}]")));
        errors.Add(node.At, Several, $"{Several} is {node.Describe()}", AList);
        return [];
    }

    // A list of phases under schedules, or a list of schedules under schedule.
    private bool IsTheOther(YamlNode node, string key)
    {
        var isOther = node is YamlList { Items: [{ } first, ..] }
            && (key == One ? first is YamlList : first is YamlMapping);
        if (isOther && key == One)
            errors.Add(node.At, key, $"{key} is a list of lists", PhaseReader.Example,
                $"several schedules belong under {Several}");
        else if (isOther)
            errors.Add(node.At, key, $"{key} is a list of phases", AList,
                $"one schedule alone belongs under {One}");
        return isOther;
    }

    private void RefuseBeside(Section file, string other, string key, string remedy)
    {
        if (file.EntryOf(other) is { } entry)
            errors.Add(entry.Key.At, other, $"{other} and {key} are both given",
                remedy: $"remove {other}: {remedy}");
    }

    // Equal schedules would be the same trials.
    private void RefuseTwice(YamlNode node, ImmutableArray<ScheduleSpec> schedules, int place)
    {
        var path = $"{Several}[{place}]";
        if (schedules[place].Phases.Length > 0 && schedules.IndexOf(schedules[place]) < place)
            errors.Add(node.At, path, $"{path} is here a second time",
                remedy: "give each schedule once: its trials would be the same");
    }
}
