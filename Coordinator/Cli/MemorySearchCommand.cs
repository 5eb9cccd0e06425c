using System.CommandLine;
using System.Globalization;
using Mneme.Coordinator.Embedded;
using Mneme.Results;

namespace Mneme.Coordinator.Cli;

/// <summary><c>mneme trial memory search MEMORY TEXT --weights FILE</c>.</summary>
internal static class MemorySearchCommand
{
    private static readonly Argument<string> Memory = new("MEMORY")
    {
        Description = "a file that 'trial memory build' wrote",
    };

    private static readonly Argument<string> Text = new("TEXT")
    {
        Description = "whose keys are looked up",
    };

    private static readonly Option<string> Weights = MemoryArguments.Weights();
    private static readonly Option<string> Device = MemoryArguments.Device();
    private static readonly Option<long?> Rows = MemoryArguments.Rows();
    private static readonly Option<long?> Neighbours = WholeNumber.Option(
        "--neighbours", "rows that each token and head finds (default: 3)", least: 1);

    public static Command Build()
    {
        var command = new Command("search", "Say which rows another text's attention finds nearest")
        {
            Memory, Text, Weights, Neighbours, Rows, Device,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var found = TextMemoryFiles.Search(
            parsed.GetRequiredValue(Memory), parsed.GetRequiredValue(Weights),
            parsed.GetRequiredValue(Text), (int)(parsed.GetValue(Neighbours) ?? 3),
            parsed.GetRequiredValue(Device));
        var most = MemoryArguments.RowsOf(parsed, Rows);
        Console.WriteLine("rows that all tokens and heads found, those found most often first");
        foreach (var line in Places(found, most)) Console.WriteLine(line);
        Console.WriteLine();
        Console.WriteLine("what the last token found, by layer and head");
        foreach (var line in LastToken(found)) Console.WriteLine(line);
        return 0;
    }

    private static IEnumerable<string> Places(IReadOnlyCollection<FoundRow> found, int most) =>
        TextTable.Lines(["row", "found", "least distance", "text"], [.. found
            .GroupBy(one => one.Row)
            .OrderByDescending(row => row.Count()).ThenBy(row => row.Min(one => one.Distance))
            .ThenBy(row => row.Key).Take(most)
            .Select(row => (string[])
            [
                $"{row.Key}", $"{row.Count()}", Number(row.Min(one => one.Distance)),
                row.First().Around,
            ])]);

    private static IEnumerable<string> LastToken(IReadOnlyCollection<FoundRow> found)
    {
        var last = found.Select(one => one.Place).DefaultIfEmpty(0).Max();
        return TextTable.Lines(["layer", "head", "token", "rows", "distances", "nearest"], [.. found
            .Where(one => one.Place == last).GroupBy(one => (one.Layer, one.Head))
            .Select(head => (string[])
            [
                $"{head.Key.Layer}", $"{head.Key.Head}", head.First().Word,
                string.Join(' ', head.Select(one => one.Row)),
                string.Join(' ', head.Select(one => Number(one.Distance))),
                head.First().Around,
            ])]);
    }

    private static string Number(float value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
