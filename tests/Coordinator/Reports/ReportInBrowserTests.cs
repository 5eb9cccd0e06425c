using System.Text.Json;
using Mneme.Coordinator.Export;
using Mneme.Tests.Shared.Results;
using Shouldly;

namespace Mneme.Tests.Coordinator.Reports;

/// <summary>A report as its reader meets it.</summary>
public sealed class ReportInBrowserTests : IDisposable
{
    private const string Figures =
        """
        JSON.stringify([...document.querySelectorAll('figure')].map(figure => {
          const box = figure.querySelector('svg').getBoundingClientRect();
          return { Id: figure.id, Width: box.width, Height: box.height,
            Shapes: figure.querySelectorAll('polyline, rect, circle').length,
            Caption: figure.querySelector('figcaption').getBoundingClientRect().height };
        }))
        """;

    private const string Sections =
        """
        JSON.stringify([...document.querySelectorAll('section')]
          .filter(section => section.getBoundingClientRect().height > 50)
          .map(section => section.id))
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [InBrowser]
    public async Task A_report_shows_every_section_and_figure_and_asks_for_nothing()
    {
        var page = Write("report.html", await Reports.Html(SampleContinual.Of(3, "ABA", "BA")));
        await using var browser = await Browser.Start();
        await browser.Open(page);

        (await Read<string[]>(browser, Sections)).ShouldBe(
        [
            "overview", "sets", "switches", "curves", "comparison", "learning", "definitions",
        ]);
        var figures = await Read<Drawn[]>(browser, Figures);
        figures.Select(figure => figure.Id).ShouldBe(
        [
            "average_accuracy", "forgetting", "matrix/configuration0-schedule0",
            "matrix/configuration0-schedule1", "recovery", "retention", "savings",
            "sets/configuration0-schedule0", "sets/configuration0-schedule1", "loss", "accuracy",
        ]);
        figures.ShouldAllBe(f => f.Width > 300 && f.Height > 150 && f.Shapes > 2 && f.Caption > 10);
        (await browser.Evaluate<int>("document.documentElement.scrollWidth - innerWidth"))
            .ShouldBeLessThanOrEqualTo(0, "nothing sticks out of the page");
        browser.Requests.ShouldBe([new Uri(page).AbsoluteUri]);
        browser.Complaints.ShouldBeEmpty();
    }

    [InBrowser]
    public async Task What_a_page_asks_for_and_complains_of_is_seen()
    {
        var page = Write("bad.html",
            "<img src='https://example.invalid/x.png'><script>throw new Error('no')</script>");
        await using var browser = await Browser.Start();
        await browser.Open(page);

        browser.Requests.ShouldContain("https://example.invalid/x.png");
        browser.Complaints.ShouldContain(complaint => complaint.Contains("Error: no"));
    }

    private string Write(string name, string html)
    {
        File.WriteAllText(folder.At(name), html);
        return folder.At(name);
    }

    private static async Task<T> Read<T>(Browser browser, string expression) =>
        JsonSerializer.Deserialize<T>(await browser.Evaluate<string>(expression))!;

    private sealed record Drawn(string Id, double Width, double Height, int Shapes, double Caption);
}
