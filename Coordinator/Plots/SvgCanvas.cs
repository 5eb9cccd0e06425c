using System.Globalization;
using System.Text;
using System.Xml;

namespace Mneme.Coordinator.Plots;

/// <summary>Shapes and texts in the order in which they are painted. Looks are attributes, not
/// style sheets or ids, so that many figures can share one page.</summary>
internal sealed class SvgCanvas
{
    private const string Namespace = "http://www.w3.org/2000/svg";
    private const string Fonts =
        "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif";

    private readonly StringBuilder _text = new();
    private readonly XmlWriter _xml;

    public SvgCanvas(double width, double height, string title)
    {
        _xml = XmlWriter.Create(_text, new XmlWriterSettings
        {
            OmitXmlDeclaration = true,
            Indent = true,
            IndentChars = " ",
            NewLineChars = "\n",
        });
        _xml.WriteStartElement("svg", Namespace);
        Attributes(("width", N(width)), ("height", N(height)),
            ("viewBox", $"0 0 {N(width)} {N(height)}"), ("role", "img"), ("font-family", Fonts));
        Element("title", Clean(title));
        Rectangle(0, 0, width, height, Palette.Paper);
    }

    public string Finish()
    {
        _xml.WriteEndElement();
        _xml.Close();
        return _text.Append('\n').ToString();
    }

    public void Rectangle(double x, double y, double width, double height, string fill) =>
        Element("rect", null, ("x", N(x)), ("y", N(y)), ("width", N(width)),
            ("height", N(height)), ("fill", fill));

    public void Line(
        double x1, double y1, double x2, double y2, LineStyle style, double width = 1) =>
        Element("line", null, ("x1", N(x1)), ("y1", N(y1)), ("x2", N(x2)), ("y2", N(y2)),
            ("stroke", style.Color), ("stroke-width", N(width)), ("stroke-dasharray", style.Dash));

    public void Polyline(IEnumerable<(double X, double Y)> points, LineStyle style, double width) =>
        Element("polyline", null, ("points", Points(points)), ("fill", "none"),
            ("stroke", style.Color), ("stroke-width", N(width)), ("stroke-linejoin", "round"),
            ("stroke-linecap", "round"), ("stroke-dasharray", style.Dash));

    public void Area(IEnumerable<(double X, double Y)> outline, string fill) =>
        Element("polygon", null, ("points", Points(outline)), ("fill", fill),
            ("fill-opacity", "0.16"));

    public void Dot(double x, double y, string fill) =>
        Element("circle", null, ("cx", N(x)), ("cy", N(y)), ("r", "3"), ("fill", fill));

    /// <param name="anchor">start, middle or end: which part of the text is at x.</param>
    public void Text(
        double x, double y, string text, TextStyle style, string anchor = "start",
        double turn = 0) =>
        Element("text", Clean(text), ("x", N(x)), ("y", N(y)), ("font-size", N(style.Size)),
            ("font-weight", style.IsBold ? "600" : ""), ("fill", style.Color),
            ("text-anchor", anchor == "start" ? "" : anchor),
            // A rim of paper keeps a text readable where it crosses a line.
            ("stroke", style.HasRim ? Palette.Paper : ""),
            ("stroke-width", style.HasRim ? "3" : ""),
            ("paint-order", style.HasRim ? "stroke" : ""),
            ("transform", turn == 0 ? "" : $"rotate({N(turn)} {N(x)} {N(y)})"));

    private void Element(
        string name, string? text, params ReadOnlySpan<(string, string)> attributes)
    {
        _xml.WriteStartElement(name, Namespace);
        Attributes(attributes);
        if (text is not null) _xml.WriteString(text);
        _xml.WriteEndElement();
    }

    private void Attributes(params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        foreach (var (name, value) in attributes)
            if (value.Length > 0) _xml.WriteAttributeString(name, value);
    }

    private static string Points(IEnumerable<(double X, double Y)> points) =>
        string.Join(' ', points.Select(point => $"{N(point.X)},{N(point.Y)}"));

    // Rounding can leave a zero with a sign; adding zero takes it away.
    private static string N(double number) =>
        (Math.Round(number, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture);

    // Labels are a user's texts: XML cannot hold control characters or half surrogate pairs.
    private static string Clean(string text) => string.Concat(text.EnumerateRunes()
        .Select(rune => Rune.IsControl(rune) || rune.Value is 0xFFFE or 0xFFFF
            ? " "
            : rune.ToString()));
}

internal sealed record TextStyle(
    double Size, string Color, bool IsBold = false, bool HasRim = false);
