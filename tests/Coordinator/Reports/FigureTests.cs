using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using Mneme.Coordinator.Export;
using Mneme.Coordinator.Measures;
using Mneme.Coordinator.Plots;
using Mneme.Coordinator.Reports;
using Mneme.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Reports;

public sealed class FigureTests
{
    [Fact]
    public async Task Every_figure_is_well_formed_and_lies_within_itself()
    {
        foreach (var results in new[]
                 {
                     SampleContinual.Of(1, "AB"), SampleContinual.Of(4, "ABCA", "BA"),
                     SampleContinual.Of(2, "AB").Until(100), SampleContinual.Of(2, "AB").Until(0),
                     SampleContinual.Of(1, [.. Orders(14)]),
                 })
            foreach (var figure in (await Reports.Figures(results)).All) ShouldLieWithin(figure);
    }

    [Fact]
    public async Task Equal_results_give_equal_bytes()
    {
        var (one, other) = (SampleContinual.Of(3, "ABA"), SampleContinual.Of(3, "ABA"));

        (await Reports.Html(one)).ShouldBe(await Reports.Html(other));
    }

    [Fact]
    public async Task A_family_without_sets_has_its_learning_curves_and_nothing_else()
    {
        var results = SampleContinual.Of(2, "AB") with { Family = SampleContinual.WithoutSets };

        (await Reports.Figures(results)).All.Select(f => f.Name).ShouldBe(["loss", "accuracy"]);
    }

    [Fact]
    public async Task The_heat_map_has_the_means_of_R_as_numbers()
    {
        var results = SampleContinual.Of(2, "AB");
        var measures = ContinualResults.Of(results)!.Trials;
        string Mean(Func<SetHistory, double> cell) => measures.Average(m => cell(m.History))
            .ToString("0.000", CultureInfo.InvariantCulture);

        var texts = Texts(await Named(results, "matrix/configuration0-schedule0"));

        string[] expected =
        [
            Mean(h => h.Untrained(0)), Mean(h => h.Untrained(1)), Mean(h => h.AtEnd(0, 0)),
            Mean(h => h.AtEnd(0, 1)), Mean(h => h.AtEnd(1, 0)), Mean(h => h.AtEnd(1, 1)),
        ];
        texts.Where(text => text.StartsWith("0.")).ShouldBe(expected);
        texts.Count(text => text.StartsWith('±')).ShouldBe(6);
        string[] names = ["A", "B", "untrained", "after 1: A", "after 2: B"];
        foreach (var name in names) texts.ShouldContain(name);
    }

    [Fact]
    public async Task A_heat_map_is_wide_enough_for_its_title()
    {
        var results = SampleContinual.Of(2, "AB", "BA");
        var named = results with { Spec = results.Spec with { Name = new string('m', 63) } };

        var svg = XElement.Parse((await Reports.Figures(named)).All
            .Single(f => f.Name == "matrix/configuration0-schedule0").Svg);

        Numbers(svg, "width")[0].ShouldBeGreaterThan(10 * $"{named.Spec.Name}: R, 1A > 2B".Length);
    }

    [Fact]
    public async Task Recovery_has_the_switch_at_zero_with_chance_and_ceiling()
    {
        var texts = Texts(await Named(SampleContinual.Of(3, "ABA", "BA"), "recovery"));

        string[] expected = ["switch", "chance", "ceiling", "0", "steps since the switch"];
        foreach (var text in expected) texts.ShouldContain(text);
    }

    [Fact]
    public async Task Forgetting_shows_both_conventions_up_to_six_groups_in_one_figure()
    {
        var few = await Reports.Figures(SampleContinual.Of(2, "AB", "BA"));
        var many = await Reports.Figures(SampleContinual.Of(1, [.. Orders(7)]));

        Texts(few.Switches.Single(f => f.Name == "forgetting").Svg)
            .Count(text => text.EndsWith(": max") || text.EndsWith(": first-last")).ShouldBe(4);
        many.Switches.Select(f => f.Name).Where(name => name.StartsWith("forgetting"))
            .ShouldBe(["forgetting_max", "forgetting_first_last"]);
    }

    [Fact]
    public async Task A_large_sweep_has_few_figures()
    {
        var figures = await Reports.Figures(SampleContinual.Of(1, [.. Orders(40)]));

        figures.Sets.Count.ShouldBe(2 * GroupCharts.MostGroups);
        figures.All.Count().ShouldBeLessThan(40);
    }

    [Fact]
    public async Task Accuracy_by_rank_is_drawn_where_there_are_records()
    {
        var results = SampleContinual.Of(2, "AB");
        // Ranks 0 to 3 of both sets; the better, the more frequent and the later the point.
        var records = new TrialRecords(Enumerable.Range(0, results.Trials[0].Steps.Length)
            .SelectMany(point => Rows(point).Select(array => (point, array)))
            .ToLookup(row => (long)row.point, row => row.array));

        var ranks = (await Reports.Figures(results, _ => records)).Ranks;

        ranks.ShouldHaveSingleItem().Name.ShouldBe("rank/configuration0-schedule0-switch1");
        ShouldLieWithin(ranks[0]);
        Texts(ranks[0].Svg).ShouldContain("rank");
        var labels = Texts(ranks[0].Svg).Where(text => text.Length > 2 && text[1] == ' ');
        labels.ShouldBe(
        [
            "A before the switch", "A at the end of 2B", "B after the switch",
            "B at the end of 2B",
        ]);
    }

    [Fact]
    public void Many_ranks_are_taken_together()
    {
        var rows = new RankRows(
            [.. Enumerable.Repeat(0.0, 1000)],
            [.. Enumerable.Range(0, 1000).Select(r => (double)r)],
            [.. Enumerable.Range(0, 1000).Select(r => r < 10 ? 1.0 : 0)]);

        rows.ByRank(0, width: 10).First().ShouldBe((0L, 1.0));
        rows.ByRank(0, width: 10).Skip(1).First().ShouldBe((10L, 0.0));
        rows.ByRank(0, width: 10).Count().ShouldBe(100);
        rows.ByRank(1, width: 10).ShouldBeEmpty();
    }

    private static NamedArray[] Rows(int point) =>
    [
        NamedArray.Of<long>("set", [0, 0, 0, 0, 1, 1, 1, 1], 8),
        NamedArray.Of<long>("sequence_rank", [0, 1, 2, 3, 0, 1, 2, 3], 8),
        NamedArray.Of<float>("row_accuracy",
            [.9f, .8f, .7f, .6f, .5f + point * .01f, .5f, .5f, .5f], 8),
    ];

    // Different orders of two sets each.
    private static IEnumerable<string> Orders(int count) =>
        from first in "ABCDEFGH"
        from second in "ABCDEFGH"
        where first != second && count-- > 0
        select $"{first}{second}";

    private static async Task<string> Named(ExperimentResults results, string name) =>
        (await Reports.Figures(results)).All.Single(figure => figure.Name == name).Svg;

    private static void ShouldLieWithin(Figure figure)
    {
        var svg = XElement.Parse(figure.Svg);
        var (width, height) = (Numbers(svg, "width")[0], Numbers(svg, "height")[0]);
        foreach (var element in svg.Elements())
        {
            string[] across = ["x", "x1", "x2", "cx"], down = ["y", "y1", "y2", "cy"];
            across.SelectMany(name => Numbers(element, name))
                .ShouldAllBe(x => x >= 0 && x <= width, figure.Name);
            down.SelectMany(name => Numbers(element, name))
                .ShouldAllBe(y => y >= 0 && y <= height, figure.Name);
            Numbers(element, "points").ShouldAllBe(n => n >= 0 && n <= width, figure.Name);
        }
    }

    private static ImmutableArray<double> Numbers(XElement element, string attribute) =>
    [
        .. ((string?)element.Attribute(attribute) ?? "0").Split(' ', ',')
            .Select(number => double.Parse(number, CultureInfo.InvariantCulture)),
    ];

    private static List<string> Texts(string svg) =>
    [
        .. XElement.Parse(svg).Descendants()
            .Where(element => element.Name.LocalName == "text").Select(element => element.Value),
    ];
}
