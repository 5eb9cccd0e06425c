using System.CommandLine;
using Mneme.Coordinator.Embedded;
using Mneme.Coordinator.Memories;
using Mneme.Results;

namespace Mneme.Coordinator.Cli;

/// <summary><c>mneme trial memory export SPEC TRIAL --to FILE</c>.</summary>
internal static class MemoryExportCommand
{
    private const string Npy = "npy", Tensors = "safetensors";

    private static readonly Argument<string> Spec = MemoryArguments.SpecOrFile();
    private static readonly Argument<int?> Trial = MemoryArguments.TrialIfAny();
    private static readonly Option<string> Out = OutOption.Build();
    private static readonly Option<long?> Step = MemoryArguments.Step(
        "--step", "after so many steps (default: all that are trained); at a switch: before it");

    private static readonly Option<string> To = new("--to")
    {
        Description = "the file to write", Required = true,
    };

    private static readonly Option<string> Format = new("--format")
    {
        Description = $"{Tensors}: every array and fact; {Npy}: one array",
        DefaultValueFactory = _ => Tensors,
    };

    private static readonly Option<string?> Array = new("--array")
    {
        Description = $"which array, for {Npy} (default: the first)",
    };

    public static Command Build()
    {
        Format.AcceptOnlyFromAmong(Npy, Tensors);
        var command = new Command("export", "Write the memory to a file that Python opens")
        {
            Spec, Trial, Step, Format, Array, To, Out,
        };
        command.SetAction((parsed, _) => Run(parsed));
        return command;
    }

    private static async Task<int> Run(ParseResult parsed)
    {
        var (memory, facts, origin) = await Look(parsed);
        var file = parsed.GetRequiredValue(To);
        var arrays = parsed.GetValue(Format) == Npy
            ? [Chosen(memory, parsed.GetValue(Array))]
            : memory.Arrays;
        WholeFile.Write(file, stream =>
        {
            if (parsed.GetValue(Format) == Npy) Results.Npy.Write(stream, arrays[0]);
            else Safetensors.Write(stream, arrays, facts);
        });
        Console.WriteLine($"{file}: " + string.Join(", ", arrays.Select(array =>
            $"{array.Name} [{string.Join(", ", array.Shape)}]")) + origin);
        return 0;
    }

    private static async Task<(LaneMemory, Dictionary<string, string> Facts, string Origin)> Look(
        ParseResult parsed)
    {
        if (TextMemoryFiles.IsOne(parsed.GetRequiredValue(Spec)))
        {
            var content = TextMemoryFiles.Look(parsed.GetRequiredValue(Spec));
            return (content, content.Facts.ToDictionary(fact => fact.Name, fact => fact.Value), "");
        }
        await using var reader = await MemoryArguments.Open(parsed, Spec, Out);
        var memory = await reader.Read(
            MemoryArguments.TrialOf(parsed, Trial), parsed.GetValue(Step));
        return (memory.Content, Metadata(memory),
            $" of trial {memory.Trial} at step {memory.Step:N0}");
    }

    private static NamedArray Chosen(LaneMemory memory, string? name) =>
        memory.Arrays.FirstOrDefault(array => name is null || array.Name == name)
        ?? throw new UserError(
            $"the memory has no array '{name}'; expected one of "
            + string.Join(", ", memory.Arrays.Select(array => array.Name)), UserError.Usage);

    private static Dictionary<string, string> Metadata(RecalledMemory memory) =>
        memory.Content.Facts.Concat(
            [
                ("experiment", memory.Experiment), ("model", memory.Model),
                ("trial", $"{memory.Trial}"), ("step", $"{memory.Step}"),
            ]).ToDictionary(fact => fact.Item1, fact => fact.Item2);
}
