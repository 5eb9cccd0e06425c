using System.CommandLine;
using Mneme.Coordinator.Embedded;
using Mneme.Coordinator.Search;

namespace Mneme.Coordinator.Cli;

/// <summary>Options that change how fast an experiment runs, and no byte of its results.</summary>
internal sealed class PackingOptions
{
    private readonly Option<long?> slots = WholeNumber.Option(
        "--slots", "cohorts that train at once (default: one per core)");

    private readonly Option<long?> cohortSize = WholeNumber.Option(
        "--cohort-size", "trials that train together as lanes (default: measured)");

    private readonly Option<long?> segmentSteps = WholeNumber.Option(
        "--segment-steps", "steps between two checkpoints (default: about two seconds' worth)");

    private readonly Option<bool> noSharing = new("--no-sharing")
    {
        Description = "train every schedule from its start, even where schedules agree",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[slots, cohortSize, segmentSteps, noSharing])
            command.Options.Add(option);
    }

    /// <summary>What was given, as the query of a submission.</summary>
    public string Query(ParseResult parsed)
    {
        (string, object?)[] given =
        [
            ("slots", parsed.GetValue(slots)), ("cohort_size", parsed.GetValue(cohortSize)),
            ("segment_steps", parsed.GetValue(segmentSteps)),
            ("sharing", parsed.GetValue(noSharing) ? "false" : null),
        ];
        var parts = given.Where(pair => pair.Item2 is not null)
            .Select(pair => $"{pair.Item1}={pair.Item2}").ToList();
        return parts.Count == 0 ? "" : $"?{string.Join('&', parts)}";
    }

    public PackingWishes Read(ParseResult parsed) => new(
        (int)(parsed.GetValue(slots) ?? Environment.ProcessorCount),
        (int?)parsed.GetValue(cohortSize), parsed.GetValue(segmentSteps),
        Sharing: !parsed.GetValue(noSharing));
}
