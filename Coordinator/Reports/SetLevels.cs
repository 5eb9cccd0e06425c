using System.Collections.Immutable;
using Mneme.Coordinator.Measures;
using Mneme.Coordinator.Plots;

namespace Mneme.Coordinator.Reports;

/// <summary>Chance and ceiling as lines: means over sets and seeds, where they are known.</summary>
internal static class SetLevels
{
    public static ImmutableArray<LevelLine> Of(IReadOnlyCollection<TrialMeasures> seeds)
    {
        var ranges = seeds.SelectMany(seed =>
            seed.History.Trained.Select(seed.History.RangeOf)).ToList();
        return
        [
            .. Line("chance", ranges.Select(range => range.Chance)),
            .. Line("ceiling", ranges.Select(range => range.Ceiling)),
        ];
    }

    private static IEnumerable<LevelLine> Line(string label, IEnumerable<double> values)
    {
        var known = values.Where(double.IsFinite).ToList();
        return known.Count == 0 ? [] : [new LevelLine(known.Average(), label)];
    }
}
