using System.CommandLine;
using System.Globalization;
using Mneme.Coordinator.Memories;
using Mneme.Results;

namespace Mneme.Coordinator.Cli;

/// <summary><c>mneme trial memory diff SPEC TRIAL --from A --to B [--with TRIAL]</c>.</summary>
internal static class MemoryDiffCommand
{
    private static readonly Argument<string> Spec = SpecArgument.Build();
    private static readonly Argument<int> Trial = MemoryArguments.Trial();
    private static readonly Option<string> Out = OutOption.Build();
    private static readonly Option<long?> Rows = MemoryArguments.Rows();
    private static readonly Option<long?> With = WholeNumber.Option(
        "--with", "another trial, which is what TRIAL is compared with", least: 0);

    private static readonly Option<long?> From = MemoryArguments.Step(
        "--from", "step of TRIAL (default: 0; with another trial: all that are trained)");

    private static readonly Option<long?> To = MemoryArguments.Step(
        "--to", "step that it is compared with (default: all that are trained)");

    public static Command Build()
    {
        var command = new Command("diff", "Say how the memory changed between two steps, or how "
            + "the memories of two trials differ")
        {
            Spec, Trial, From, To, With, Rows, Out,
        };
        command.SetAction((parsed, _) => Run(parsed));
        return command;
    }

    private static async Task<int> Run(ParseResult parsed)
    {
        await using var reader = await MemoryArguments.Open(parsed, Spec, Out);
        var trial = parsed.GetValue(Trial);
        var other = parsed.GetValue(With);
        var before = await reader.Read(trial, parsed.GetValue(From) ?? (other is null ? 0 : null));
        var after = await reader.Read((int?)other ?? trial, parsed.GetValue(To));
        Console.WriteLine($"from    trial {before.Trial}, step {before.Step:N0}");
        Console.WriteLine($"to      trial {after.Trial}, step {after.Step:N0}");
        if (!reader.IsOfThisNumerics && before.Replayed + after.Replayed > 0)
            Console.WriteLine($"caution {MemoryText.Caution}");
        var lines = Entries(before.Content, after.Content, MemoryArguments.RowsOf(parsed, Rows))
            .Concat(Arrays(before.Content, after.Content));
        foreach (var line in lines) Console.WriteLine(line);
        return 0;
    }

    private static IEnumerable<string> Entries(LaneMemory before, LaneMemory after, int most)
    {
        if (before.Entries.IsEmpty && after.Entries.IsEmpty) return [];
        var change = EntryDifference.Between(before.Entries, after.Entries);
        return new[] { ("came", change.Came), ("went", change.Went), ("stayed", change.Stayed) }
            .SelectMany(part => part.Item2.Take(part.Item1 == "stayed" ? 0 : most)
                .Select(entry => $"  {entry}")
                .Prepend($"{part.Item1,-8}{part.Item2.Length:N0} entries"));
    }

    // An array with a row for each entry has no place that means the same on both sides.
    private static IEnumerable<string> Arrays(LaneMemory before, LaneMemory after)
    {
        var rows = new List<string[]>();
        foreach (var array in before.Arrays.Where(array => !IsOfEntries(before, array)))
        {
            if (after.Arrays.FirstOrDefault(a => a.Name == array.Name) is not { } now) continue;
            rows.Add(ArrayMovement.Between(array, now) is { } moved
                ? [array.Name, Number(moved.Greatest), Number(moved.RootMeanSquare)]
                : [array.Name, "other shape", ""]);
        }
        return rows.Count == 0
            ? []
            : TextTable.Lines(["array", "greatest change", "root mean square"], rows);
    }

    private static bool IsOfEntries(LaneMemory memory, NamedArray array) =>
        !memory.Entries.IsEmpty && array.Shape.Length > 0
        && array.Shape[0] == memory.Entries.Length;

    private static string Number(double value) =>
        value.ToString("G4", CultureInfo.InvariantCulture);
}
