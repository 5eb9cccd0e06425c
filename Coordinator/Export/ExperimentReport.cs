using System.Collections.Immutable;
using Mneme.Coordinator.Measures;
using Mneme.Coordinator.Plots;
using Mneme.Coordinator.Reports;
using Mneme.Specs;

namespace Mneme.Coordinator.Export;

/// <summary>How much of an experiment is committed.</summary>
/// <param name="Done">Trial-steps.</param>
internal sealed record ReportProgress(long Done, long Total, int FinishedTrials)
{
    public string Text(int trials) =>
        $"Not finished: {Done:N0} of {Total:N0} trial-steps are committed, {FinishedTrials:N0} of "
        + $"{trials:N0} trials are done. What follows is what is known so far.";
}

/// <summary>What came out of an experiment, on one page.</summary>
/// <param name="Continual">Null without sets and switches.</param>
/// <param name="Progress">Null when the experiment is finished.</param>
internal sealed record ExperimentReport(
    ExperimentResults Results, ContinualResults? Continual, ResultFigures Figures,
    ReportProgress? Progress)
{
    public const string FileName = "report.html";
    private const int MostRows = 60;
    private const int MostSchedules = 8;

    private readonly List<SeedGroup> groups = Continual?.Groups().ToList() ?? [];

    /// <summary>Null where points tell nothing of single sequences.</summary>
    public RankResults? Ranks { get; init; }

    public string Html()
    {
        var page = new HtmlPage(Results.Spec.Name);
        page.Element("h1", Results.Spec.Name).Element("p", Results.Family.Question);
        if (Progress is not null)
            page.Element("p", Progress.Text(Results.Trials.Length), "unfinished");
        var sections = Sections(page).ToList();
        page.Contents(sections.Select(section => (section.Id, section.Heading)));
        foreach (var (id, heading, inside) in sections) page.Section(id, heading, inside);
        return page.Finish();
    }

    private IEnumerable<(string Id, string Heading, Action Inside)> Sections(HtmlPage page)
    {
        yield return ("overview", "Overview", () => Overview(page));
        if (Continual is { } continual)
        {
            yield return ("sets", "Sets after each visit", () => Matrix(page));
            yield return ("switches", "Around the switches", () => Switches(page, continual));
            yield return ("curves", "Sets over the training", () => Curves(page));
        }
        if (Ranks is { } ranks)
            yield return ("ranks", "How often a sequence must be shown",
                () => page.Table(RankTables.Of(ranks.Groups())));
        if (Paired() is { } table)
            yield return ("comparison", "Compared seed by seed", () => page.Table(table));
        yield return ("learning", "Learning curves", () => Draw(page, Figures.Learning));
        if (Continual is not null)
            yield return ("definitions", "How to read the figures",
                () => page.Definitions(Glossary.Of(Continual.Stride)));
    }

    private void Overview(HtmlPage page)
    {
        var (spec, trials) = (Results.Spec, Results.Trials);
        page.Definitions(
        [
            ("Trials", $"{trials.Length:N0} = {trials.Length / spec.Seeds.Length:N0} "
                + $"configurations and schedules x {spec.Seeds.Length:N0} seeds; "
                + $"{trials.Count(trial => trial.DivergedAt is not null):N0} diverged"),
            ("Steps", (spec.Schedules.All(schedule => schedule.Steps == spec.Steps) ? "" : "up to ")
                + $"{spec.Steps:N0}, a point every {spec.MeasureEvery:N0}"),
            .. Schedules(),
        ]);
        var table = new ConfigurationTable(Results);
        page.Table(new HtmlTable(
            "Last values, means over the seeds" + (table.Rows.Count > MostRows
                ? $"; the first {MostRows} of {table.Rows.Count}" : ""),
            table.Headers, [.. table.Rows.Take(MostRows)]));
    }

    private IEnumerable<(string Term, string Meaning)> Schedules()
    {
        if (!Results.Spec.HasSwitches) yield break;
        var schedules = Results.Spec.Schedules;
        foreach (var (place, schedule) in schedules.Take(MostSchedules).Index())
            yield return ($"Schedule {place}", string.Join("; ", schedule.Phases.Select(phase =>
                $"{phase.Name}, {phase.Steps:N0} steps"
                + DataOf(phase))));
        if (schedules.Length > MostSchedules)
            yield return ("...", $"and {schedules.Length - MostSchedules} more schedules");
    }

    private string DataOf(PhaseSpec phase) => phase.Set switch
    {
        PhaseStart.Joint => " on all sets together",
        < 0 => "",
        var set => $" on set {Results.Spec.Sets[set]}",
    };

    private void Matrix(HtmlPage page)
    {
        foreach (var table in SetTables.OfMatrix(groups)) page.Table(table);
        Draw(page, Figures.Switches.Where(IsOverVisits));
        Draw(page, Figures.Sets.Where(figure => figure.Name.StartsWith("matrix/")), "small");
    }

    private void Switches(HtmlPage page, ContinualResults continual)
    {
        page.Table(SetTables.OfSwitches(groups, continual.Stride));
        Draw(page, Figures.Switches.Where(figure => !IsOverVisits(figure)));
        Draw(page, Figures.Ranks);
    }

    private void Curves(HtmlPage page)
    {
        if (groups.Count > GroupCharts.MostGroups)
            page.Element("p", $"The first {GroupCharts.MostGroups} of {groups.Count} "
                + "configurations and schedules.", "note");
        Draw(page, Figures.Sets.Where(figure => figure.Name.StartsWith("sets/")));
    }

    private static bool IsOverVisits(Figure figure) =>
        figure.Name == "average_accuracy" || figure.Name.StartsWith("forgetting");

    private static void Draw(HtmlPage page, IEnumerable<Figure> figures, string look = "")
    {
        foreach (var figure in figures) page.Figure(figure.Name, figure.Svg, figure.Caption, look);
    }

    // Half a training is no fair comparison with a whole one.
    private bool IsAtEnd(TrialResult trial) =>
        trial.Steps.LastOrDefault() == Results.Spec.Schedules[trial.Trial.Schedule].Steps;

    private HtmlTable? Paired()
    {
        var objective = Results.Family.Objective.Measure;
        var column = Results.Family.Measures.IndexOf(objective);
        string[] figures = Continual is null ? [] :
        [
            TrialFigures.FinalAccuracy, "la", "fwt", TrialFigures.ForgettingMax,
            TrialFigures.ForgettingFirstLast,
        ];
        return PairedTable.Of([objective, .. figures],
        [
            .. Results.OverSeeds().Select(seeds => new PairedValues(
                Results.LabelOf(seeds[0]),
                [
                    [.. seeds.Select(trial => IsAtEnd(trial)
                        ? Defined.OrNull(trial.Last(column))
                        : null)],
                    .. figures.Select(figure => seeds.Select(trial =>
                        Continual!.Trials[trial.Trial.Ordinal][figure]).ToImmutableArray()),
                ])),
        ]);
    }
}
