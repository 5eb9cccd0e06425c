using Mneme.Blobs;
using Mneme.Coordinator.Experiments;
using Mneme.Coordinator.Export.SeedLayout;
using Mneme.Plans;
using Mneme.Results;

namespace Mneme.Coordinator.Export;

/// <summary>A finished trial's own share of what trained together: its lane of the last checkpoint,
/// and its records.</summary>
internal sealed class TrialReader(
    ExperimentResults results, ExperimentState state, IBlobStore blobs)
{
    private readonly ExperimentRecords records = new(state, blobs);
    private (string Sha, SafetensorsFile File)? last;

    /// <summary>Trials in an order in which each checkpoint is read once.</summary>
    public IEnumerable<(TrialResult Trial, PlannedSegment Segment, int Lane)> InOrder() =>
        from segment in state.Plan.Segments
        from end in state.Plan.TrialsEndingWith(segment)
        select (results.Trials[end.Trial], segment, end.Lane);

    /// <summary>The checkpoint that a segment ended with.</summary>
    /// <exception cref="BlobError">It is missing or damaged.</exception>
    public async Task<SafetensorsFile> Checkpoint(PlannedSegment segment)
    {
        // Cohorts without a state of their own share one checkpoint.
        var sha = state.Segments[segment.Index].Checkpoint!;
        if (last is not { } known || known.Sha != sha)
            last = (sha, Safetensors.Read(await blobs.Get(Sha.Parse(sha)), sha));
        return last.Value.File;
    }

    /// <summary>A trial with all that a log needs.</summary>
    /// <exception cref="BlobError">A blob is missing or damaged.</exception>
    public async Task<SeedTrial> Read(TrialResult trial, PlannedSegment segment, int lane) => new(
        results, trial, await records.Of(trial.Trial.Ordinal),
        [.. (await Checkpoint(segment)).Arrays.Select(array => array.Lane(lane))]);

    public Task<SeedTrial> ReadFirst()
    {
        var (trial, segment, lane) = InOrder().First(entry => entry.Trial == results.Trials[0]);
        return Read(trial, segment, lane);
    }
}
