using System.Collections.Immutable;
using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>Reads <c>{orders_of: [A, B, C], switch: KIND, steps: N}</c>: a schedule for each order
/// of the sets, with a phase of N steps for each set.</summary>
internal sealed class OrdersReader(SpecErrors errors)
{
    private const string Key = "orders_of";
    private const int MostSets = 6;     // 720 orders

    /// <summary>The sets that are ordered, when the node is of this form.</summary>
    public static ImmutableArray<string>? SetsOf(YamlNode? node) =>
        node is YamlMapping orders && List(orders) is { } list
            ? [.. list.Items.OfType<YamlScalar>().Select(item => item.Text).Distinct()]
            : null;

    /// <summary>Each order as the phases that a user would have written.</summary>
    public IEnumerable<YamlNode> Read(YamlMapping orders)
    {
        var sets = List(orders)?.Items.OfType<YamlScalar>().ToList() ?? [];
        if (sets.Count is >= 2 and <= MostSets && sets.Select(s => s.Text).Distinct().Count()
            == sets.Count && sets.All(s => s.Text != PhaseStart.JointName))
            return Orders(sets).Select(order => Phases(orders, [.. order]));
        errors.Add(orders.At, $"schedules.{Key}", $"the schedules are no orders of sets",
            $"{Key}: a list of 2 to {MostSets} different sets");
        return [];
    }

    private static YamlList? List(YamlMapping orders) =>
        orders.Entries.FirstOrDefault(entry => entry.Key.Text == Key)?.Value as YamlList;

    // In the order of a dictionary, so that neighbours share their beginnings.
    private static IEnumerable<IEnumerable<YamlScalar>> Orders(List<YamlScalar> sets) =>
        sets.Count == 0
            ? [[]]
            : sets.SelectMany(first => Orders([.. sets.Where(set => set != first)])
                .Select(rest => rest.Prepend(first)));

    private static YamlList Phases(YamlMapping orders, IReadOnlyList<YamlScalar> sets) =>
        new(orders.At, [.. sets.Select((set, place) => Phase(orders, set, first: place == 0))]);

    private static YamlMapping Phase(YamlMapping orders, YamlScalar set, bool first)
    {
        YamlEntry Of(string key) => new(new YamlScalar(set.At, key, plain: true), set);
        var given = orders.Entries.Where(entry => entry.Key.Text != Key
            && (!first || entry.Key.Text == "steps"));
        return new YamlMapping(set.At, [Of("phase"), Of("set"), .. given]);
    }
}
