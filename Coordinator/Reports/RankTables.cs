using System.Collections.Immutable;
using Mneme.Coordinator.Measures;

namespace Mneme.Coordinator.Reports;

/// <summary>A phase of trials that differ in their seed alone.</summary>
/// <param name="Label">What tells the trials from the other groups.</param>
/// <param name="Seeds">Null where a trial failed or is not that far.</param>
internal sealed record RankGroup(
    string Label, string Phase, string Set, ImmutableArray<LearnedRanks?> Seeds);

/// <summary>How often sequences had to be shown, as a table of a report.</summary>
internal static class RankTables
{
    private const int MostRows = 60;

    public static HtmlTable Of(IEnumerable<RankGroup> groups) => new(
        "How often a sequence had been shown in the phase when its accuracy was first above 0.9: "
        + "the median over its sequences, where one that was never known lies above all others. "
        + "Mean over seeds [95 % interval]; n seeds have a median. ranks.csv has each trial.",
        ["", "phase", "set", "appearances", "n", "share known", "highest rank known"],
        [.. groups.Take(MostRows).Select(Row)]);

    private static string[] Row(RankGroup group)
    {
        SeedSummary Over(Func<LearnedRanks, double?> value) => SeedSummary.Of(
            [.. group.Seeds.Select(seed => seed is null ? null : value(seed))]);
        var median = Over(ranks => ranks.Appearances.Median);
        return
        [
            group.Label, group.Phase, group.Set, Numbers.Mean(median), $"{median.Count}",
            Numbers.Mean(Over(ranks => ranks.Appearances.Share)),
            Numbers.Mean(Over(ranks => ranks.HighestRank)),
        ];
    }
}
