using System.CommandLine;
using Mneme.Coordinator;
using Mneme.Coordinator.Cli;
using Mneme.Coordinator.Cli.Cluster;

var root = new RootCommand("Mneme trains neural networks that carry a memory, and loses no number.")
{
    RunCommand.Build(),
    ServeCommand.Build(),
    ExperimentCommand.Build(),
    TrialCommand.Build(),
    ClusterCommand.Build(),
    JournalCommand.Build(),
    ConfigurationCommand.Build(),
};
try
{
    var parsed = root.Parse(args);
    // The parser's own errors are a user's errors: exit code 2, not 1.
    if (parsed.Errors.Count == 0) return await parsed.InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        // Otherwise a stop that takes more than two seconds to its checkpoint is cut short.
        ProcessTerminationTimeout = null,
    });
    // Before an unknown command comes that there is no command, and after it what it was given.
    Console.Error.WriteLine("mneme: " + (parsed.UnmatchedTokens is [var unknown, ..]
        ? $"Unrecognized command or argument '{unknown}'."
        : parsed.Errors[^1].Message));
    Console.Error.WriteLine("Run './mneme --help' for the commands and their options.");
    return UserError.Usage;
}
catch (UserError error)
{
    Console.Error.WriteLine($"mneme: {error.Message}");
    return error.ExitCode;
}
catch (Exception error)
{
    Console.Error.WriteLine(
        "mneme: something failed that should not. What is committed is safe: run the same command "
        + $"again to go on, and report what follows.\n{error}");
    return UserError.Failed;
}
