using System.Collections.Immutable;
using Mneme.Coordinator.Measures;

namespace Mneme.Coordinator.Reports;

/// <param name="Name">Of a configuration or schedule.</param>
/// <param name="BySeed">Null where a seed has no value.   // [measure][seed]</param>
internal sealed record PairedValues(
    string Name, ImmutableArray<ImmutableArray<double?>> BySeed);

/// <summary>Configurations and schedules compared seed by seed: what all of them share in a seed
/// cancels out.</summary>
internal static class PairedTable
{
    // Beyond these each is compared with the first one only.
    private const int MostForAllPairs = 5;
    private const int MostRows = 60;

    public static HtmlTable? Of(
        IReadOnlyList<string> measures, IReadOnlyList<PairedValues> groups)
    {
        if (groups.Count < 2) return null;
        var pairs = groups.Count <= MostForAllPairs
            ? groups.SelectMany((first, place) => groups.Skip(place + 1)
                .Select(second => (first, second)))
            : groups.Skip(1).Select(second => (first: groups[0], second));
        return new HtmlTable(
            "Difference of the means, second minus first, over pairs of equal seed [95 % interval "
            + "by t]; a star where the interval does not hold 0.",
            ["first", "second", .. measures, "pairs"],
            [.. pairs.Take(MostRows).Select(pair => Row(pair.first, pair.second))]);
    }

    private static string[] Row(PairedValues first, PairedValues second)
    {
        var differences = first.BySeed.Zip(second.BySeed, (one, other) =>
            SeedSummary.OfPairs(one, other)).ToList();
        return
        [
            first.Name, second.Name, .. differences.Select(Text),
            $"{differences.Max(difference => difference.Count)}",
        ];
    }

    private static string Text(SeedSummary difference) => Numbers.Mean(
        difference,
        difference.Interval is { } interval && (interval.Lower > 0 || interval.Upper < 0)
            ? " *"
            : "");
}
