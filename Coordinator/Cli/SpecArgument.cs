using System.CommandLine;
using Mneme.Coordinator.Embedded;
using Mneme.Specs;

namespace Mneme.Coordinator.Cli;

/// <summary>The experiment file that most commands take.</summary>
internal static class SpecArgument
{
    public static Argument<string> Build() =>
        new("SPEC") { Description = "an experiment file (YAML)" };

    /// <exception cref="UserError">The file is not a spec; the message holds every fault with its
    /// place. </exception>
    public static ExperimentSpec Read(string path)
    {
        var reading = SpecReader.Read(path, Submissions.Schemas);
        return reading.IsValid
            ? reading.Spec
            : throw new UserError(string.Join("\nmneme: ", reading.Errors), UserError.Usage);
    }
}
