using System.CommandLine;
using Mneme.Coordinator.Embedded;

namespace Mneme.Coordinator.Cli;

/// <summary><c>mneme experiment plot SPEC</c> and <c>report SPEC</c>: what is committed, drawn;
/// also before the experiment is finished.</summary>
internal static class DrawCommands
{
    public static Command Plot() => Build(
        "plot", "Draw every figure as SVG, from what is trained so far", drawing =>
        {
            var folder = drawing.WritePlots();
            Console.WriteLine($"{drawing.Figures.All.Count()} figures: {folder}");
        });

    public static Command Report() => Build(
        "report", "Write all figures and tables as one HTML file, from what is trained so far",
        drawing => Console.WriteLine($"Report: {drawing.WriteReport()}"));

    private static Command Build(string name, string description, Action<Drawing> write)
    {
        var (spec, output) = (SpecArgument.Build(), OutOption.Build());
        var command = new Command(name, description) { spec, output };
        command.SetAction(async (parsed, _) =>
        {
            var drawing = await Drawing.Of(
                SpecArgument.Read(parsed.GetRequiredValue(spec)),
                parsed.GetRequiredValue(output));
            if (drawing.Progress is { } progress)
                Console.WriteLine(progress.Text(drawing.Results.Trials.Length));
            write(drawing);
            return 0;
        });
        return command;
    }
}
