using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Mneme.Coordinator.Plots;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Plots;

public sealed class LearningCurvesTests
{
    private static readonly FigureText Text = new("Loss", "loss");

    [Fact]
    public void Several_configurations_are_lines_with_bands_and_a_legend()
    {
        var svg = Parsed([Sloped("lr=1", seeds: 5), Sloped("lr=2", seeds: 5)], Text);

        Elements(svg, "polyline").Count.ShouldBe(2);
        Elements(svg, "polygon").Count.ShouldBe(2);
        Texts(svg).ShouldContain("lr=1");
        Texts(svg).ShouldContain("median of 5 seeds, band between the quartiles");
    }

    [Fact]
    public void One_configuration_needs_no_legend() =>
        Texts(Parsed([Sloped("lr=1", seeds: 1)], Text)).ShouldNotContain("lr=1");

    [Fact]
    public void Long_labels_that_begin_alike_differ_in_the_legend()
    {
        const string Before = "zero_frozen, first > between > once more between > ";

        var labels = Texts(Parsed([Sloped(Before + "swap", 1), Sloped(Before + "back", 1)], Text));

        labels.ShouldContain("zero_frozen, first >…more between > swap");
        labels.ShouldContain("zero_frozen, first >…more between > back");
    }

    [Fact]
    public void Labels_that_differ_in_the_middle_alone_are_whole()
    {
        string[] labels = [$"{new string('a', 40)}1{new string('a', 40)}", new string('a', 81)];

        var texts = Texts(Parsed([Sloped(labels[0], 1), Sloped(labels[1], 1)], Text));

        foreach (var label in labels) texts.ShouldContain(label);
    }

    [Fact]
    public void A_figure_is_wide_enough_for_its_title()
    {
        var title = "sequence-switch: accuracy by set, zero_frozen, first > between > return";
        var svg = Parsed([Sloped("a", 1)], Text with { Title = title });

        ((double)svg.Attribute("width")!).ShouldBeGreaterThan(76 + 10 * title.Length);
    }

    [Fact]
    public void Equal_data_give_equal_bytes() =>
        LearningCurves.Svg([Sloped("a", 3)], Text).ShouldBe(
            LearningCurves.Svg([Sloped("a", 3)], Text));

    [Fact]
    public void Any_name_is_text_and_never_markup()
    {
        const string name = "<script>&\"'\u0001\ud800]]>";
        var figure = new FigureText(name, name)
        {
            Switches = [new SwitchLine(200, name)],
            Levels = [new LevelLine(0.5, name)],
        };

        var svg = Parsed([Sloped(name, 2), Sloped("b", 2)], figure);

        Elements(svg, "script").ShouldBeEmpty();
        Texts(svg).Count(text => text == "<script>&\"' \ufffd]]>").ShouldBe(6);
    }

    [Fact]
    public void A_gap_in_the_values_is_a_gap_in_the_line()
    {
        var curve = new Curve("a", [100, 200, 300, 400, 500],
            [[1, 0.5, double.NaN, 0.25, double.PositiveInfinity]]);

        var svg = Parsed([curve], Text);

        Elements(svg, "polyline").Count.ShouldBe(1);
        Elements(svg, "circle").Count.ShouldBe(1);
    }

    [Fact]
    public void A_missing_seed_leaves_the_others_their_median()
    {
        var curve = new Curve("a", [1, 2], [[1, double.NaN], [3], [2, 8]]);

        Band.Of(curve, double.IsFinite).Points.ShouldBe(
            [new BandPoint(1, 1.5, 2, 2.5), new BandPoint(2, 8, 8, 8)]);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(-3.0)]
    [InlineData(1e-300)]
    [InlineData(1e299)]
    public void A_constant_or_single_value_lies_in_the_figure(double value)
    {
        foreach (var logarithmic in new[] { false, true })
        {
            var figure = Text with { LogarithmicMeasure = logarithmic };
            Parsed([new Curve("a", [5], [[value]])], figure);
            Parsed([new Curve("a", [5, 6], [[value, value]])], figure);
        }
    }

    [Fact]
    public void No_data_is_a_figure_that_says_so()
    {
        Texts(Parsed([], Text)).ShouldContain("no values");
        Texts(Parsed([new Curve("a", [], [])], Text)).ShouldContain("no values");
        Texts(Parsed([new Curve("a", [1], [[double.NaN]])], Text)).ShouldContain("no values");
        Texts(Parsed([new Curve("a", [1], [[-1]])], Text with { LogarithmicMeasure = true }))
            .ShouldContain("no values");
    }

    [Fact]
    public void Beyond_twelve_the_colour_follows_the_order_and_a_note_says_so()
    {
        var svg = Parsed([.. Enumerable.Range(0, 150).Select(i => Sloped($"w={i}", 2))], Text);

        Elements(svg, "polyline").Count.ShouldBe(LearningCurves.MostCurves);
        Elements(svg, "polygon").ShouldBeEmpty();
        Texts(svg).ShouldContain(
            "median of 2 seeds; 150 configurations, coloured in their order, the first 100 drawn");
    }

    [Fact]
    public void Twelve_curves_all_look_different() =>
        Enumerable.Range(0, 12).Select(i => Palette.Of(i, 12)).Distinct().Count().ShouldBe(12);

    [Fact]
    public void A_long_run_is_thinned_and_keeps_its_last_point()
    {
        var steps = Enumerable.Range(1, 100_000).Select(i => (long)i).ToImmutableArray();
        var curve = new Curve("a", steps, [[.. steps.Select(step => (double)step)]]);

        var points = Band.Of(curve, double.IsFinite).Points.ToList();

        points.Count.ShouldBeInRange(900, 1001);
        points[^1].Step.ShouldBe(100_000);
    }

    [Fact]
    public void Whatever_the_values_every_coordinate_lies_in_the_figure()
    {
        var curves =
            from logarithmic in Gen.Elements(true, false)
            from seeds in ArbMap.Default.GeneratorFor<double>().ListOf().NonEmptyListOf()
            select (logarithmic, seeds);
        Prop.ForAll(curves.ToArbitrary(), drawn =>
        {
            var points = drawn.seeds.Max(seed => seed.Count);
            var curve = new Curve("a",
                [.. Enumerable.Range(0, points).Select(i => 7L * i)],
                [.. drawn.seeds.Select(seed => seed.ToImmutableArray())]);
            Parsed([curve, curve], Text with { LogarithmicMeasure = drawn.logarithmic });
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private static Curve Sloped(string label, int seeds) => new(
        label,
        [100, 200, 300],
        [.. Enumerable.Range(1, seeds).Select(seed =>
            ImmutableArray.Create(1.0 * seed, 0.5 * seed, 0.25 * seed))]);

    // Well-formed, and nothing lies outside the figure.
    private static XElement Parsed(IReadOnlyList<Curve> curves, FigureText text)
    {
        var svg = XElement.Parse(LearningCurves.Svg(curves, text));
        var (width, height) = (Number(svg, "width"), Number(svg, "height"));
        foreach (var element in svg.Elements())
        {
            string[] across = ["x", "x1", "x2", "cx"], down = ["y", "y1", "y2", "cy"];
            across.Select(name => Number(element, name)).ShouldAllBe(x => x >= 0 && x <= width);
            down.Select(name => Number(element, name)).ShouldAllBe(y => y >= 0 && y <= height);
            var points = ((string?)element.Attribute("points") ?? "0,0").Split(' ', ',');
            points.ShouldAllBe(n => double.Parse(n, CultureInfo.InvariantCulture) <= width);
        }
        return svg;
    }

    private static double Number(XElement element, string name) =>
        double.Parse((string?)element.Attribute(name) ?? "0", CultureInfo.InvariantCulture);

    private static List<XElement> Elements(XElement svg, string name) =>
        [.. svg.Descendants().Where(element => element.Name.LocalName == name)];

    private static List<string> Texts(XElement svg) =>
        [.. Elements(svg, "text").Concat(Elements(svg, "title")).Select(element => element.Value)];
}
