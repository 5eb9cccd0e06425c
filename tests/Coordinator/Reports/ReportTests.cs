using Mneme.Coordinator.Export;
using Mneme.Coordinator.Reports;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Reports;

public sealed class ReportTests
{
    [Fact]
    public async Task An_unfinished_experiment_says_how_far_it_is()
    {
        var html = await Reports.Html(
            SampleContinual.Of(3, "AB").Until(300), new ReportProgress(900, 1200, 0));

        html.ShouldContain("Not finished: 900 of 1,200 trial-steps are committed");
        (await Reports.Html(SampleContinual.Of(3, "AB"))).ShouldNotContain("Not finished");
    }

    [Fact]
    public async Task Schedules_of_unequal_length_have_up_to_so_many_steps()
    {
        async Task<string> Html(params string[] orders) =>
            await Reports.Html(SampleContinual.Of(2, orders));

        (await Html("ABA", "BA")).ShouldContain("<dd>up to 600, a point");
        (await Html("AB", "BA")).ShouldContain("<dd>400, a point");
    }

    [Fact]
    public async Task Times_are_said_to_be_those_of_points() =>
        (await Reports.Html(SampleContinual.Of(2, "AB"))).ShouldContain("Times are those of points"
            + ": every 20 steps, at the steps of measure_at, and where phases begin and end.");

    [Fact]
    public async Task Trials_that_are_under_way_are_compared_with_none()
    {
        var html = await Reports.Html(SampleContinual.Of(3, "AB", "BA").Until(300));

        html.ShouldContain("<td>1A &gt; 2B</td><td>1B &gt; 2A</td>"
            + "<td>-</td><td>-</td>", customMessage: "neither the objective nor acc is known");
    }

    [Fact]
    public async Task A_page_runs_nothing_and_names_nothing_outside()
    {
        var html = await Reports.Html(SampleContinual.Of(2, "AB", "BA"));

        html.ShouldNotContain("<script");
        html.ShouldNotContain("href=\"http");
        html.ShouldNotContain("src=");
        html.ShouldNotContain("url(");
        html.ShouldContain("default-src 'none'");
    }

    [Fact]
    public async Task Any_name_is_text_and_never_markup()
    {
        const string Name = "<script>alert('\u0001')</script>&\"";
        var results = SampleContinual.Of(2, "AB", "BA");
        var named = results with { Spec = results.Spec with { Name = Name } };

        var html = await Reports.Html(named);

        html.ShouldNotContain("<script");
        html.ShouldContain("&lt;script&gt;alert(");
        html.ShouldNotContain('\u0001');
    }

    [Fact]
    public void Groups_are_compared_seed_by_seed()
    {
        // Differences .1, .2, .3: mean .2, sd .1, t(.975; 2) = 4.302653, half width .248414.
        var table = PairedTable.Of(["acc"],
        [
            new PairedValues("one", [[.5, .1, .9]]),
            new PairedValues("two", [[.6, .3, 1.2]]),
            new PairedValues("three", [[.7, null, 1.1]]),
        ]).ShouldNotBeNull();

        table.Rows.Select(row => string.Join(' ', row[..2])).ShouldBe(
            ["one two", "one three", "two three"]);
        table.Rows[0][2].ShouldBe("0.200\n[-0.048, 0.448]");
        table.Rows[1][2].ShouldBe("0.200 *\n[0.200, 0.200]");
        table.Rows.Select(row => row[3]).ShouldBe(["3", "2", "2"]);
        PairedTable.Of(["acc"], [new PairedValues("alone", [[.5]])]).ShouldBeNull();
    }

    [Fact]
    public void Many_groups_are_each_compared_with_the_first() =>
        PairedTable.Of(["acc"], [.. Enumerable.Range(0, 9)
            .Select(i => new PairedValues($"{i}", [[i]]))])!
            .Rows.Select(row => row[0]).ShouldBe(Enumerable.Repeat("0", 8));
}
