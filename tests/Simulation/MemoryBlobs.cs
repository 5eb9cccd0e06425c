using Mneme.Blobs;

namespace Mneme.Tests.Simulation;

/// <summary>A blob store that all simulated processes share.</summary>
internal sealed class MemoryBlobs : IBlobStore
{
    private readonly SortedDictionary<string, byte[]> blobs = new(StringComparer.Ordinal);

    public Task<BlobInfo> Put(Stream content, CancellationToken cancel = default)
    {
        using var copy = new MemoryStream();
        content.CopyTo(copy);
        var sha = Sha.Of(copy.ToArray());
        blobs[sha.Hex] = copy.ToArray();
        return Task.FromResult(new BlobInfo(sha, copy.Length));
    }

    public Task<byte[]> Get(Sha sha, CancellationToken cancel = default) =>
        blobs.TryGetValue(sha.Hex, out var content)
            ? Task.FromResult(content)
            : Task.FromException<byte[]>(new BlobMissing(sha));

    public async Task<Stream> Open(Sha sha, CancellationToken cancel = default) =>
        new MemoryStream(await Get(sha, cancel));

    public Task<bool> Has(Sha sha, long size, CancellationToken cancel = default) =>
        Task.FromResult(blobs.TryGetValue(sha.Hex, out var content) && content.Length == size);

    public IAsyncEnumerable<StoredBlob> List(CancellationToken cancel = default) =>
        throw new NotSupportedException("nothing is collected in a simulation");

    public Task<bool> Delete(
        Sha sha, DateTimeOffset untouchedSince, CancellationToken cancel = default) =>
        throw new NotSupportedException("nothing is collected in a simulation");
}
