using System.Collections.Immutable;
using Mneme.Messages;
using Mneme.Results;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Cohorts;

/// <summary>A lane as it was at some step.</summary>
/// <param name="Memory">Null for a family that has none.</param>
/// <param name="Checkpoint">Its whole state, as a cohort of one lane saves it.</param>
public sealed record ReplayedLane(LaneMemory? Memory, byte[] Checkpoint);

/// <summary>Trains one lane again, from a checkpoint or the seeds, to look at it where nothing was
/// kept. A lane's bits depend neither on its neighbours nor on where segments are cut, so it is the
/// lane that was there.</summary>
public static class LaneReplay
{
    /// <param name="stretches">One after the other, each of one lane; the first one says where to
    /// start, and may have no steps.</param>
    /// <param name="parents">The checkpoints that the first one names.</param>
    public static ReplayedLane Run(
        ImmutableArray<Assign> stretches, IReadOnlyList<SafetensorsFile> parents) =>
        TorchThread.Run(() => RunHere(stretches, parents));

    private static ReplayedLane RunHere(
        ImmutableArray<Assign> stretches, IReadOnlyList<SafetensorsFile> parents)
    {
        var family = Catalog.Find(stretches[0].Family);
        using var cohort = new Cohort(family, stretches[0], parents);
        foreach (var stretch in stretches.Where(s => s.ToStep > s.FromStep))
            cohort.Run(stretch, _ => { }, CancellationToken.None);
        return cohort.Look(stretches[^1].ToStep);
    }
}
