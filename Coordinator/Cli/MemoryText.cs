using System.Globalization;
using Mneme.Coordinator.Memories;
using Mneme.Results;

namespace Mneme.Coordinator.Cli;

/// <summary>A memory in words and tables.</summary>
internal static class MemoryText
{
    public const string Caution =
        "another program or machine trained it: last bits may differ";

    private const int MostColumns = 8;

    public static IEnumerable<string> Facts(RecalledMemory memory, bool isOfThisNumerics)
    {
        var facts = new List<(string Name, string Value)>
        {
            ("experiment", $"{memory.Experiment} ({memory.Model})"),
            ("trial", $"{memory.Trial}"),
            ("step", memory.Replayed == 0 ? $"{memory.Step:N0}, from its checkpoint"
                : $"{memory.Step:N0}, of which {memory.Replayed:N0} were trained again"),
        };
        if (!isOfThisNumerics && memory.Replayed > 0)
            facts.Add(("caution", Caution));
        return Facts([.. facts, .. memory.Content.Facts]);
    }

    public static IEnumerable<string> Facts(
        IReadOnlyCollection<(string Name, string Value)> facts)
    {
        var width = facts.Max(fact => fact.Name.Length) + 2;
        return facts.Select(fact => fact.Name.PadRight(width) + fact.Value);
    }

    /// <summary>The first entries, or of each array the first rows.</summary>
    public static IEnumerable<string> Rows(LaneMemory memory, int most) => memory.Entries.IsEmpty
        ? memory.Arrays.SelectMany(array => OfArray(array, most))
        : OfEntries(memory, most);

    private static IEnumerable<string> OfEntries(LaneMemory memory, int most)
    {
        var columns = memory.Arrays
            .Where(array => array.Shape.Length == 1 && array.Shape[0] == memory.Entries.Length)
            .ToList();
        var rows = memory.Entries.Take(most).Select((entry, row) => columns
            .Select(column => Number(column, row)).Append(entry).ToArray()).ToList();
        string[] headers = [.. columns.Select(column => column.Name), "entry"];
        return TextTable.Lines(headers, rows).Prepend("").Concat(Rest(memory.Entries.Length, most));
    }

    // [..., columns]: every other axis is a row.
    private static IEnumerable<string> OfArray(NamedArray array, int most)
    {
        var width = array.Shape.IsEmpty ? 1 : (int)array.Shape[^1];
        var height = width == 0 ? 0 : ArrayNumbers.Count(array) / width;
        yield return "";
        yield return $"{array.Name} [{string.Join(", ", array.Shape)}]";
        for (var row = 0; row < Math.Min(height, most); row++)
            yield return "  " + string.Join("  ", Enumerable.Range(0, Math.Min(width, MostColumns))
                .Select(column => Number(array, row * width + column).PadLeft(11)))
                + (width > MostColumns ? "  ..." : "");
        foreach (var line in Rest(height, most)) yield return line;
    }

    private static IEnumerable<string> Rest(int count, int most) =>
        count > most ? [$"... and {count - most:N0} more: export has them all"] : [];

    private static string Number(NamedArray array, int place) =>
        ArrayNumbers.At(array, place).ToString(
            array.Type is ArrayType.Float32 or ArrayType.Float64 ? "G4" : "0",
            CultureInfo.InvariantCulture);
}
