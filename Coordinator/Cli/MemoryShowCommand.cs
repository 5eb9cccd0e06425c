using System.CommandLine;
using Mneme.Coordinator.Embedded;
using Mneme.Results;

namespace Mneme.Coordinator.Cli;

/// <summary><c>mneme trial memory show SPEC TRIAL</c>.</summary>
internal static class MemoryShowCommand
{
    private static readonly Argument<string> Spec = MemoryArguments.SpecOrFile();
    private static readonly Argument<int?> Trial = MemoryArguments.TrialIfAny();
    private static readonly Option<string> Out = OutOption.Build();
    private static readonly Option<long?> Rows = MemoryArguments.Rows();
    private static readonly Option<long?> Step = MemoryArguments.Step(
        "--step", "after so many steps (default: all that are trained); at a switch: before it");

    public static Command Build()
    {
        var command = new Command("show", "Print what the memory holds")
        {
            Spec, Trial, Step, Rows, Out,
        };
        command.SetAction((parsed, _) => Run(parsed));
        return command;
    }

    private static async Task<int> Run(ParseResult parsed)
    {
        var (facts, content) = await Look(parsed);
        foreach (var line in facts) Console.WriteLine(line);
        foreach (var line in MemoryText.Rows(content, MemoryArguments.RowsOf(parsed, Rows)))
            Console.WriteLine(line);
        return 0;
    }

    private static async Task<(IEnumerable<string> Facts, LaneMemory Content)> Look(
        ParseResult parsed)
    {
        if (TextMemoryFiles.IsOne(parsed.GetRequiredValue(Spec)))
        {
            var content = TextMemoryFiles.Look(parsed.GetRequiredValue(Spec));
            return (MemoryText.Facts(content.Facts), content);
        }
        await using var reader = await MemoryArguments.Open(parsed, Spec, Out);
        var memory = await reader.Read(
            MemoryArguments.TrialOf(parsed, Trial), parsed.GetValue(Step));
        return (MemoryText.Facts(memory, reader.IsOfThisNumerics), memory.Content);
    }
}
