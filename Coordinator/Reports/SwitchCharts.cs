using System.Collections.Immutable;
using Mneme.Coordinator.Measures;
using Mneme.Coordinator.Plots;

namespace Mneme.Coordinator.Reports;

/// <summary>Figures in which groups are compared: what happens at and after switches.</summary>
internal static class SwitchCharts
{
    private static readonly ImmutableArray<int> Percents = [90, 75, 50];

    /// <param name="name">Of the experiment.</param>
    /// <param name="stride">Steps between two evaluations.</param>
    public static IEnumerable<Figure> Of(
        string name, IReadOnlyList<SeedGroup> groups, long stride) =>
    [
        Recovery(name, groups, stride), Retention(name, groups, stride), Accuracy(name, groups),
        .. Forgetting(name, groups), Savings(name, groups, stride),
    ];

    private static Figure Recovery(string name, IReadOnlyList<SeedGroup> groups, long stride) =>
        new("recovery",
            "All switches laid on one another. Before 0 the accuracy on the set that was trained "
            + "up to the switch, from 0 on that on the set trained after it. The fall at 0 is "
            + "what a user sees; the way back up is the recovery. " + Averaged,
            LineChart.Svg(
                MeanLines.Of(groups, g => AlignedCurves.AroundSwitches(g.Histories, stride)),
                new FigureText($"{name}: around all switches", "accuracy on the set in training")
                {
                    Across = "steps since the switch", Note = MeanLines.Note,
                    Switches = [new SwitchLine(0, "switch")], Levels = Levels(groups),
                }));

    private static Figure Retention(string name, IReadOnlyList<SeedGroup> groups, long stride) =>
        new("retention",
            "Accuracy on sets that are no longer trained, by the steps since their training "
            + "ended. A set counts until it comes back; far to the right only those count that "
            + "are as old. " + Averaged,
            LineChart.Svg(
                MeanLines.Of(groups, g => AlignedCurves.Retention(g.Histories, stride)),
                new FigureText($"{name}: what is kept of earlier sets", "accuracy on left sets")
                {
                    Across = "steps since the set was left", Note = MeanLines.Note,
                    Levels = Levels(groups),
                }));

    private static Figure Accuracy(string name, IReadOnlyList<SeedGroup> groups) =>
        new("average_accuracy",
            "ACC_i: after visit i, the mean accuracy on all sets trained so far. Its last value "
            + "is ACC, the final average accuracy.",
            Counted(MeanLines.Of(groups, g => AfterVisits(g, visit => visit.Accuracy)),
                $"{name}: average accuracy over the sets so far", "ACC_i", "visit i"));

    // One figure while solid and dashed lines of one colour can stand for the two conventions.
    private static IEnumerable<Figure> Forgetting(string name, IReadOnlyList<SeedGroup> groups)
    {
        const string Caption = "After visit i, the mean loss of accuracy on earlier sets. max: "
            + "against the best since the set was learned; first-last: against the accuracy "
            + "when it had just been learned. They differ when a set improves later on; "
            + "where they do not, only one line is seen.";
        var max = MeanLines.Of(groups, g => AfterVisits(g, visit => visit.ForgettingMax));
        var first = MeanLines.Of(groups, g => AfterVisits(g, visit => visit.ForgettingFirstLast));
        if (2 * groups.Count <= Palette.Distinct)
            return
            [
                new Figure("forgetting", Caption, Counted(
                    [.. max.Select(line => Named(line, "max", "")),
                     .. first.Select(line => Named(line, "first-last", "6 3"))],
                    $"{name}: forgetting", "forgetting", "visit i")),
            ];
        return
        [
            new Figure("forgetting_max", Caption, Counted(
                max, $"{name}: forgetting (max)", "forgetting", "visit i")),
            new Figure("forgetting_first_last", Caption, Counted(
                first, $"{name}: forgetting (first-last)", "forgetting", "visit i")),
        ];
    }

    private static ChartLine Named(ChartLine line, string convention, string dash) => line with
    {
        Label = $"{line.Label}: {convention}", Style = line.Style with { Dash = dash },
    };

    // Of 90, 75 and 50 percent the first that half of the lanes reached both times.
    private static Figure Savings(string name, IReadOnlyList<SeedGroup> groups, long stride)
    {
        var names = SwitchNames.Values(stride);
        int Column(int percent) => names.IndexOf($"savings_ratio_{percent}");
        var all = groups.SelectMany(g => g.Seeds).SelectMany(seed => seed.Switches).ToList();
        var percent = Percents.FirstOrDefault(p =>
            2 * all.Count(s => s?.Values[Column(p)] is not null) >= all.Count, Percents[0]);
        return new Figure("savings",
            $"Time to {percent} % of the ceiling the first time over that after the switch: above "
            + "1 it went faster. For a set that comes back the first time is its own first visit, "
            + "else it is the very first phase. Only over lanes that reached it both times.",
            Counted(MeanLines.Of(groups, g => BySwitch(g, Column(percent))),
                $"{name}: savings at {percent} % of the ceiling", "savings ratio", "switch",
                [new LevelLine(1, "no savings")]));
    }

    private static string Counted(
        ImmutableArray<ChartLine> lines, string title, string measure, string across,
        ImmutableArray<LevelLine> levels = default) =>
        LineChart.Svg(lines, new FigureText(title, measure)
        {
            Across = across, IsCounted = true, Note = MeanLines.Note,
            Levels = levels.IsDefault ? [] : levels,
        });

    private static IEnumerable<MeanPoint> AfterVisits(
        SeedGroup group, Func<VisitFigures, double?> value) =>
        group.Visits.Select((_, visit) => MeanPoint.Of(
            visit + 1, group.Seeds.Select(seed => value(seed.AfterVisit[visit]))));

    private static IEnumerable<MeanPoint> BySwitch(SeedGroup group, int column) =>
        group.Visits.Skip(1).Select((_, place) => MeanPoint.Of(
            place + 1, group.Seeds.Select(seed => seed.Switches[place]?.Values[column])));

    private static ImmutableArray<LevelLine> Levels(IEnumerable<SeedGroup> groups) =>
        SetLevels.Of([.. groups.SelectMany(group => group.Seeds)]);

    private const string Averaged =
        "First over the events of a seed, then over seeds, which the interval is over.";
}
