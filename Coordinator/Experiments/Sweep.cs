using Mneme.Blobs;

namespace Mneme.Coordinator.Experiments;

/// <summary>Deletes checkpoints that nothing needs any more.</summary>
internal static class Sweep
{
    /// <param name="age">Younger ones stay: they may wait for their commit.</param>
    /// <returns>How many were deleted.</returns>
    public static async Task<int> Run(
        IBlobStore blobs, IReadOnlySet<string> inUse, TimeProvider clock, TimeSpan age)
    {
        var deleted = 0;
        var before = clock.GetUtcNow() - age;
        await foreach (var blob in blobs.List())
            if (!inUse.Contains(blob.Sha.ToString()) && await blobs.Delete(blob.Sha, before))
                deleted++;
        return deleted;
    }
}
