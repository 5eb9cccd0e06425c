using System.CommandLine;
using Mneme.Configuration;

namespace Mneme.Coordinator.Cli;

/// <summary><c>mneme configuration PROCESS</c>: a file with every setting, to begin with.
/// </summary>
internal static class ConfigurationCommand
{
    private static readonly Processes[] All =
        [Processes.Serve, Processes.Worker, Processes.Lighthouse];

    public static Command Build()
    {
        var process = new Argument<string>("PROCESS")
        {
            Description = "serve, worker or lighthouse",
        };
        process.AcceptOnlyFromAmong([.. All.Select(one => one.InWords())]);
        var command = new Command("configuration", "Print a file with every setting of a process")
        {
            process,
        };
        command.SetAction(parsed => Console.Write(ConfigurationReference.Of(
            All.First(one => one.InWords() == parsed.GetRequiredValue(process)))));
        return command;
    }
}
