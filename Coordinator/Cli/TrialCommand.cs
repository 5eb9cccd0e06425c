using System.CommandLine;

namespace Mneme.Coordinator.Cli;

/// <summary><c>mneme trial ...</c>: what can be seen of one trial.</summary>
internal static class TrialCommand
{
    public static Command Build() => new("trial", "Look at one trial")
    {
        new Command("memory", "Its memory, at any step that was trained; or a text as memory")
        {
            MemoryShowCommand.Build(), MemoryDiffCommand.Build(), MemoryExportCommand.Build(),
            MemoryBuildCommand.Build(), MemorySearchCommand.Build(),
        },
    };
}
