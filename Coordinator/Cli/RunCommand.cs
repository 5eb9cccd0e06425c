using System.CommandLine;
using Mneme.Coordinator.Embedded;

namespace Mneme.Coordinator.Cli;

/// <summary><c>mneme run SPEC</c>: the whole experiment in this process, resumed where it was
/// left.</summary>
internal static class RunCommand
{
    private static readonly Argument<string> Spec = SpecArgument.Build();
    private static readonly Option<string> Out = OutOption.Build();
    private static readonly PackingOptions Packing = new();
    private static readonly Option<bool> Discard = new("--discard")
    {
        Description = "throw away what exists under this name and start again",
    };

    private static readonly Option<bool> MixNumerics = new("--mix-numerics")
    {
        Description = "resume although this machine may round differently",
    };

    public static Command Build()
    {
        var command = new Command("run", "Train an experiment here, or resume it")
        {
            Spec, Out, Discard, MixNumerics,
        };
        Packing.AddTo(command);
        command.SetAction((parsed, _) => Run(parsed));
        return command;
    }

    private static async Task<int> Run(ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(Spec);
        var request = new RunRequest(
            SpecArgument.Read(path), parsed.GetRequiredValue(Out), Packing.Read(parsed),
            parsed.GetValue(Discard), parsed.GetValue(MixNumerics));
        using var stop = new StopSignals();
        RunOutcome outcome;
        using (var progress = ProgressDisplay.Of(Console.IsOutputRedirected))
            outcome = await EmbeddedRun.Run(request, progress.Show, stop.Token);
        Report.Write(outcome, CommandToGoOn(parsed, path));
        return outcome is RunOutcome.Finished ? 0 : UserError.Failed;
    }

    private static string CommandToGoOn(ParseResult parsed, string spec) =>
        parsed.GetResult(Out) is { Implicit: false }
            ? $"./mneme run {spec} --out {parsed.GetValue(Out)}"
            : $"./mneme run {spec}";
}
