namespace Mneme.Coordinator.Cli;

/// <summary>A table as plain lines: readable on a terminal, in a log and in a pipe alike.</summary>
internal static class TextTable
{
    public static IEnumerable<string> Lines(
        IReadOnlyList<string> headers, IReadOnlyList<string[]> rows)
    {
        var widths = headers
            .Select((header, c) => rows.Select(row => row[c].Length).Append(header.Length).Max())
            .ToList();
        yield return Line(headers, widths);
        yield return Line([.. widths.Select(width => new string('-', width))], widths);
        foreach (var row in rows) yield return Line(row, widths);
    }

    private static string Line(IReadOnlyList<string> cells, List<int> widths) =>
        string.Join("  ", cells.Select((cell, c) => cell.PadLeft(widths[c]))).TrimEnd();
}
