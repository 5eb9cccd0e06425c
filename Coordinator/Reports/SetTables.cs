using Mneme.Coordinator.Measures;

namespace Mneme.Coordinator.Reports;

/// <summary>The measures of sets and switches as tables of a report.</summary>
internal static class SetTables
{
    // More rows than these are for summary.csv.
    private const int MostRows = 60;

    private static readonly string[] Matrix =
        ["acc", "aia", "la", "bwt", "fwt", "forgetting_max", "forgetting_first_last"];

    public static IEnumerable<HtmlTable> OfMatrix(IReadOnlyList<SeedGroup> groups) =>
    [
        OfMatrix(groups, "", "In the unit of set_accuracy: mean over seeds [95 % interval]."),
        OfMatrix(groups, TrialFigures.Normalised,
            "Normalised: 0 is chance, 1 is the ceiling of the data."),
    ];

    public static HtmlTable OfSwitches(IReadOnlyList<SeedGroup> groups, long stride)
    {
        var rows = groups.SelectMany(group => group.Visits.Skip(1)
            .Select((_, place) => Row(group, place, stride)));
        return new HtmlTable(
            "Accuracies: mean over seeds [95 % interval]. Times in steps: median (quartiles), "
            + "below it how many seeds reached it. Times are those of points: "
            + $"every {stride} steps, at the steps of measure_at, and where phases begin and end.",
            [
                "", "switch", "step", "sets", "drop", "dip depth",
                "time to 50\u00a0%", "time to 90\u00a0%", "recovery to 90\u00a0%",
                "savings at 90\u00a0%", "half-life of the old set",
            ],
            [.. rows.Take(MostRows)]);
    }

    private static HtmlTable OfMatrix(
        IReadOnlyList<SeedGroup> groups, string suffix, string caption)
    {
        string[] figures = [.. Matrix, .. Beside(groups)];
        return new(caption, ["", .. figures, "n", "failed"],
        [
            .. groups.Take(MostRows).Select(group => (string[])
            [
                group.Label,
                .. figures.Select(figure =>
                    Numbers.Mean(group.Over(seed => seed[figure + suffix]))),
                $"{group.Seeds.Count(seed => !seed.IsFailed)}",
                $"{group.Seeds.Count(seed => seed.IsFailed)}",
            ]),
        ]);
    }

    // What needs a schedule that few experiments have.
    private static IEnumerable<string> Beside(IReadOnlyList<SeedGroup> groups) =>
        groups.Any(group => group.Seeds.Any(seed => seed[TrialFigures.Intransigence] is not null))
            ? [TrialFigures.Intransigence]
            : [];

    private static string[] Row(SeedGroup group, int place, long stride)
    {
        var names = SwitchNames.Values(stride);
        string Value(string name) => Numbers.Mean(group.Over(seed =>
            seed.Switches[place]?.Values[names.IndexOf(name)]));
        string Time(string name) => Numbers.Time(TimeSummary.Of([.. group.Seeds.Select(seed =>
            seed.Switches[place]?.Times[SwitchNames.Times.IndexOf(name)])]));
        return
        [
            group.Label, $"{place + 1}", $"{group.Visits[place + 1].Phase.Start}",
            $"{group.SetOf(place)} > {group.SetOf(place + 1)}", Value("drop"),
            Value("dip_depth"), Time("time_to_50"), Time("time_to_90"), Time("recovery_90"),
            Value("savings_ratio_90"), Time("half_life"),
        ];
    }
}
