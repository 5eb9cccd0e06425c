using System.CommandLine;

namespace Mneme.Coordinator.Cli;

/// <summary>Where results go.</summary>
internal static class OutOption
{
    public static Option<string> Build() => new("--out")
    {
        Description = "folder for results and the state to resume from",
        DefaultValueFactory = _ => "results",
    };
}
