using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Mneme.Coordinator.Embedded;

namespace Mneme.Coordinator.Cli;

/// <summary><c>mneme trial memory build --weights FILE --text FILE --to FILE</c>.</summary>
internal static class MemoryBuildCommand
{
    private static readonly Option<string> Weights = MemoryArguments.Weights();
    private static readonly Option<string> Device = MemoryArguments.Device();

    private static readonly Option<string> Text = new("--text")
    {
        Description = "the file whose text is stored", Required = true,
    };

    private static readonly Option<string> To = new("--to")
    {
        Description = "the file to write", Required = true,
    };

    private static readonly Option<string> Layers = new("--layers")
    {
        Description = "which attention layers, from 1, with commas",
        DefaultValueFactory = _ => "10",
    };

    private static readonly Option<bool> KeepFirst = new("--keep-first")
    {
        Description = "store the line's end before the text too, on which attention rests",
    };

    public static Command Build()
    {
        var command = new Command("build", "Store what a text leaves in a GPT-2's attention")
        {
            Weights, Text, Layers, KeepFirst, Device, To,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (file, content) = TextMemoryFiles.Build(
            parsed.GetRequiredValue(Weights), parsed.GetRequiredValue(Text),
            LayersOf(parsed.GetRequiredValue(Layers)), !parsed.GetValue(KeepFirst),
            parsed.GetRequiredValue(Device));
        var to = parsed.GetRequiredValue(To);
        WholeFile.Write(to, stream => stream.Write(file));
        foreach (var line in MemoryText.Facts(content.Facts)) Console.WriteLine(line);
        Console.WriteLine($"{to}: {file.Length:N0} bytes");
        return 0;
    }

    private static ImmutableArray<int> LayersOf(string text)
    {
        var layers = text.Split(',').Select(
            layer => int.TryParse(layer, CultureInfo.InvariantCulture, out var one) ? one : 0);
        return layers.All(layer => layer > 0) ? [.. layers.Distinct().Order()]
            : throw new UserError(
                $"--layers is '{text}'; expected whole numbers from 1, with commas",
                UserError.Usage);
    }
}
