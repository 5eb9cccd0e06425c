using System.Collections.Immutable;
using System.Globalization;
using Mneme.Blobs;
using Mneme.Coordinator.Experiments;
using Mneme.Results;

namespace Mneme.Coordinator.Export;

/// <summary>What belongs to a trial's points but fits in no column. Points are numbered as the
/// trial's steps are.</summary>
public sealed class TrialRecords(ILookup<long, NamedArray> byPoint)
{
    /// <summary>Everything of one point, in the order in which it was recorded.</summary>
    public IEnumerable<NamedArray> At(int point) => byPoint[point];

    /// <summary>Null when the point has no record of that name.</summary>
    public NamedArray? Get(int point, string name) =>
        byPoint[point].FirstOrDefault(array => array.Name == name);
}

/// <summary>Reads the records of an experiment, one trial after the other: trials that trained
/// together lie in the same blobs.</summary>
internal sealed class ExperimentRecords(ExperimentState state, IBlobStore blobs)
{
    private const int MostKept = 4;
    private readonly List<(string Sha, SafetensorsFile File)> kept = [];

    /// <exception cref="BlobError">A blob is missing or damaged.</exception>
    public async Task<TrialRecords> Of(int trial)
    {
        var arrays = new List<(long Point, NamedArray Array)>();
        foreach (var path in state.Plan.PathsOf(trial))
            foreach (var (sha, lane) in BlobsOf(path))
                arrays.AddRange((await Read(sha)).Arrays.Select(array => OfLane(array, lane)));
        return new TrialRecords(arrays.ToLookup(entry => entry.Point, entry => entry.Array));
    }

    private IEnumerable<(string Sha, int Lane)> BlobsOf(int path)
    {
        var cohort = state.Plan.CohortOf(path);
        return state.Plan.SegmentsOf(cohort)
            .SelectMany(segment => state.Segments[segment.Index].Records)
            .Select(sha => (sha, cohort.Lanes.IndexOf(path)));
    }

    // "12/row_loss", [K, ...] to point 12, "row_loss", [...].
    private static (long Point, NamedArray Array) OfLane(NamedArray array, int lane)
    {
        var slash = array.Name.IndexOf('/', StringComparison.Ordinal);
        var point = long.Parse(array.Name.AsSpan(0, slash), CultureInfo.InvariantCulture);
        return (point, array.Lane(lane) with { Name = array.Name[(slash + 1)..] });
    }

    private async Task<SafetensorsFile> Read(string sha)
    {
        var place = kept.FindIndex(entry => entry.Sha == sha);
        if (place >= 0) return kept[place].File;
        if (kept.Count == MostKept) kept.RemoveAt(0);
        kept.Add((sha, Safetensors.Read(await blobs.Get(Sha.Parse(sha)), sha)));
        return kept[^1].File;
    }
}
