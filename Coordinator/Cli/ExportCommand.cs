using System.CommandLine;
using Mneme.Coordinator.Embedded;
using Mneme.Coordinator.Export.SeedLayout;

namespace Mneme.Coordinator.Cli;

/// <summary><c>mneme experiment export SPEC --to FOLDER</c>: a folder for each trial, as scripts
/// for the published results expect it.</summary>
internal static class ExportCommand
{
    private static readonly Argument<string> Spec = SpecArgument.Build();
    private static readonly Option<string> Out = OutOption.Build();
    private static readonly Option<string> To = new("--to")
    {
        Description = "folder for the trials' folders", Required = true,
    };

    private static readonly Option<bool> Lists = new("--lists")
    {
        Description = "plain lists in the place of numpy arrays",
    };

    private static readonly Option<bool> ReadmeShapes = new("--readme-shapes")
    {
        Description = "switch_start_iter as one number for each set",
    };

    public static Command Build()
    {
        var command = new Command(
            "export", "Write each trial as the published programs wrote a run")
        {
            Spec, To, Lists, ReadmeShapes, Out,
        };
        command.SetAction(async (parsed, _) =>
        {
            var target = parsed.GetRequiredValue(To);
            var options = new SeedOptions(parsed.GetValue(Lists), parsed.GetValue(ReadmeShapes));
            var count = await SeedExport.Write(
                SpecArgument.Read(parsed.GetRequiredValue(Spec)), parsed.GetRequiredValue(Out),
                target, options);
            Console.WriteLine($"{count} trials: {target}");
            return 0;
        });
        return command;
    }
}
