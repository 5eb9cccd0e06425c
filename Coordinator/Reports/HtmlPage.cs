using System.Net;
using System.Text;

namespace Mneme.Coordinator.Reports;

/// <summary>A page that is one file: figures and style are inside, nothing runs and nothing is
/// fetched, which its policy also forbids the browser.</summary>
internal sealed class HtmlPage
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'";
    private const string Style =
        """
        body { font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Arial,
          sans-serif; color: #1f2933; background: #fff; max-width: 1200px; margin: 2rem auto;
          padding: 0 1.5rem; }
        h1 { font-size: 1.9rem; margin: 0; } h2 { margin: 2.6rem 0 .4rem; font-size: 1.3rem;
          border-bottom: 1px solid #e4e7eb; padding-bottom: .3rem; }
        p { max-width: 75ch; } .note, figcaption { color: #616e7c; font-size: .9rem; }
        .unfinished { background: #fff4e5; border-left: 4px solid #e69f00; padding: .6rem 1rem; }
        figure { margin: 1.6rem 0; } .small { display: inline-block; width: 560px;
          vertical-align: top; margin-right: 1.5rem; }
        figcaption { max-width: 85ch; margin-top: .3rem; }
        svg { max-width: 100%; height: auto; display: block; }
        .wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .88rem;
          font-variant-numeric: tabular-nums; margin: .8rem 0; }
        caption { text-align: left; color: #616e7c; padding-bottom: .3rem; }
        th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid #e4e7eb;
          white-space: nowrap; vertical-align: top; }
        th { font-weight: 600; white-space: normal; }
        th:first-child, td:first-child { text-align: left; }
        nav a { margin-right: 1.2rem; } a { color: #0072b2; }
        dt { font-weight: 600; } dd { margin: 0 0 .5rem 1.2rem; max-width: 75ch; }
        """;

    private readonly StringBuilder text = new();

    public HtmlPage(string title)
    {
        text.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        text.Append("<meta name=\"viewport\" content=\"width=device-width\">\n");
        text.Append($"<meta http-equiv=\"Content-Security-Policy\" content=\"{Policy}\">\n");
        text.Append($"<title>{Escaped(title)}</title>\n<style>\n{Style}\n</style>\n");
        text.Append("</head>\n<body>\n");
    }

    public string Finish() => text.Append("</body>\n</html>\n").ToString();

    /// <param name="look">A class of the style, or empty.</param>
    public HtmlPage Element(string name, string content, string look = "")
    {
        var attribute = look.Length > 0 ? $" class=\"{look}\"" : "";
        text.Append($"<{name}{attribute}>{Escaped(content)}</{name}>\n");
        return this;
    }

    public void Contents(IEnumerable<(string Id, string Heading)> sections)
    {
        text.Append("<nav>\n");
        foreach (var (id, heading) in sections)
            text.Append($"<a href=\"#{id}\">{Escaped(heading)}</a>\n");
        text.Append("</nav>\n");
    }

    public void Section(string id, string heading, Action inside)
    {
        text.Append($"<section id=\"{id}\">\n");
        Element("h2", heading);
        inside();
        text.Append("</section>\n");
    }

    /// <param name="svg">A whole drawing; its looks are attributes, so that many share a page.
    /// </param>
    /// <param name="look">A class of the style, or empty.</param>
    public void Figure(string id, string svg, string caption, string look = "")
    {
        text.Append($"<figure id=\"{Escaped(id)}\" class=\"{look}\">\n{svg}");
        Element("figcaption", caption);
        text.Append("</figure>\n");
    }

    public void Table(HtmlTable table)
    {
        text.Append("<div class=\"wide\"><table>\n");
        Element("caption", table.Caption);
        Row(table.Headers, "th");
        foreach (var row in table.Rows) Row(row, "td");
        text.Append("</table></div>\n");
    }

    public void Definitions(IEnumerable<(string Term, string Meaning)> definitions)
    {
        text.Append("<dl>\n");
        foreach (var (term, meaning) in definitions) Element("dt", term).Element("dd", meaning);
        text.Append("</dl>\n");
    }

    private void Row(IEnumerable<string> cells, string kind)
    {
        text.Append("<tr>");
        foreach (var lines in cells.Select(cell => cell.Split('\n').Select(Escaped)))
            text.Append($"<{kind}>{string.Join("<br>", lines)}</{kind}>");
        text.Append("</tr>\n");
    }

    // A control character is no text in HTML either.
    private static string Escaped(string plain) => WebUtility.HtmlEncode(
        string.Concat(plain.Select(c => char.IsControl(c) ? ' ' : c)));
}

/// <param name="Caption">What the numbers are.</param>
/// <param name="Rows">A cell may have several lines.</param>
internal sealed record HtmlTable(
    string Caption, IReadOnlyList<string> Headers, IReadOnlyList<string[]> Rows);
