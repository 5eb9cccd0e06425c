using System.CommandLine;

namespace Mneme.Coordinator.Cli;

internal static class VerifyCommand
{
    public static Command Build() => new("verify", "Recompute hashes");
}
