using System.Collections.Immutable;
using Mneme.Specs.Yaml;

namespace Mneme.Specs;

/// <summary>Reads <c>seeds</c>: a count n for 0 to n - 1, or a list; one seed, 0, when silent.
/// </summary>
internal sealed class SeedReader(SpecErrors errors)
{
    private const string Key = "seeds";
    private readonly NumberReader _numbers = new(errors);

    public ImmutableArray<uint> Read(Section file) => file[Key] switch
    {
        null => [0],
        YamlList list => ReadList(list),
        var node => Counted(_numbers.Whole(node, Key, 1, SpecLimits.Trials) ?? 1),
    };

    private static ImmutableArray<uint> Counted(long count) =>
        [.. Enumerable.Range(0, (int)count).Select(seed => (uint)seed)];

    private ImmutableArray<uint> ReadList(YamlList list)
    {
        if (list.Items.Count == 0) errors.Add(list.At, Key, "no seeds", "at least one seed");
        var places = new Dictionary<uint, YamlMark>();
        var seeds = ImmutableArray.CreateBuilder<uint>();
        foreach (var item in list.Items)
        {
            if (_numbers.Whole(item, Key, 0, uint.MaxValue) is not { } number) continue;
            seeds.Add((uint)number);
            if (!places.TryAdd((uint)number, item.At))
                errors.Add(item.At, Key, $"the seed {number} is here a second time",
                    remedy: "give each seed once: its trials would be the same");
        }
        return seeds.ToImmutable();
    }
}
