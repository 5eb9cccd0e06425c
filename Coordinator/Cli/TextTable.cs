namespace Mneme.Coordinator.Cli;

/// <summary>A table as plain lines: readable on a terminal, in a log and in a pipe alike.</summary>
internal static class TextTable
{
    private const int Gap = 2;

    public static IEnumerable<string> Lines(
        IReadOnlyList<string> headers, IReadOnlyList<string[]> rows)
    {
        var widths = Widths(headers, rows);
        yield return Line(headers, widths);
        yield return Line([.. widths.Select(width => new string('-', width))], widths);
        foreach (var row in rows) yield return Line(row, widths);
    }

    /// <summary>How many columns from the left have room.</summary>
    /// <param name="width">Characters of a line.</param>
    public static int Fitting(
        IReadOnlyList<string> headers, IReadOnlyList<string[]> rows, int width)
    {
        var used = -Gap;
        return Widths(headers, rows).TakeWhile(column => (used += column + Gap) <= width).Count();
    }

    private static List<int> Widths(
        IReadOnlyList<string> headers, IReadOnlyList<string[]> rows) =>
        [.. headers.Select(
            (header, c) => rows.Select(row => row[c].Length).Append(header.Length).Max())];

    private static string Line(IReadOnlyList<string> cells, List<int> widths) =>
        string.Join("  ", cells.Select((cell, c) => cell.PadLeft(widths[c]))).TrimEnd();
}
