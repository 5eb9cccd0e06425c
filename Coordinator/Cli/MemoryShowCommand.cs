using System.CommandLine;
using Mneme.Coordinator.Embedded;

namespace Mneme.Coordinator.Cli;

/// <summary><c>mneme trial memory show SPEC TRIAL</c>.</summary>
internal static class MemoryShowCommand
{
    private static readonly Argument<string> Spec = SpecArgument.Build();
    private static readonly Argument<int> Trial = MemoryArguments.Trial();
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
        await using var reader = await MemoryArguments.Open(parsed, Spec, Out);
        var memory = await reader.Read(parsed.GetValue(Trial), parsed.GetValue(Step));
        foreach (var line in MemoryText.Facts(memory, reader.IsOfThisNumerics))
            Console.WriteLine(line);
        foreach (var line in MemoryText.Rows(
            memory.Content, MemoryArguments.RowsOf(parsed, Rows)))
            Console.WriteLine(line);
        return 0;
    }
}
