using System.CommandLine;
using Mneme.Coordinator.Embedded;

namespace Mneme.Coordinator.Cli;

/// <summary>Options that change how fast an experiment runs, and no byte of its results.</summary>
internal sealed class PackingOptions
{
    private readonly Option<int?> slots = new("--slots")
    {
        Description = "cohorts that train at once (default: one per core)",
    };

    private readonly Option<int?> cohortSize = new("--cohort-size")
    {
        Description = "trials that train together as lanes (default: measured)",
    };

    private readonly Option<long?> segmentSteps = new("--segment-steps")
    {
        Description = "steps between two checkpoints (default: about two seconds' worth)",
    };

    private readonly Option<bool> noSharing = new("--no-sharing")
    {
        Description = "train every schedule from its start, even where schedules agree",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[slots, cohortSize, segmentSteps, noSharing])
            command.Options.Add(option);
    }

    public PackingWishes Read(ParseResult parsed) => new(
        (int)(Positive(parsed, slots) ?? Environment.ProcessorCount),
        (int?)Positive(parsed, cohortSize), Positive(parsed, segmentSteps),
        Sharing: !parsed.GetValue(noSharing));

    private static long? Positive<T>(ParseResult parsed, Option<T> option)
    {
        long? value = parsed.GetValue(option) switch { int i => i, long l => l, _ => null };
        return value is null or (>= 1 and <= 1_000_000_000)
            ? value
            : throw new UserError(
                $"{option.Name} must be at least 1, not {value}", UserError.Usage);
    }
}
