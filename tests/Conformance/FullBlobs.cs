using Mneme.Blobs;

namespace Mneme.Tests.Conformance;

/// <summary>A store whose disk is full; no test may fill a real one.</summary>
internal sealed class FullBlobs : IBlobStore
{
    public async Task<BlobInfo> Put(Stream content, CancellationToken cancel = default)
    {
        await content.CopyToAsync(Stream.Null, cancel);
        throw new BlobStoreFull("the disk");
    }

    public Task<byte[]> Get(Sha sha, CancellationToken cancel = default) =>
        throw new BlobMissing(sha);

    public Task<Stream> Open(Sha sha, CancellationToken cancel = default) =>
        throw new BlobMissing(sha);

    public Task<bool> Has(Sha sha, long size, CancellationToken cancel = default) =>
        Task.FromResult(false);

    public IAsyncEnumerable<StoredBlob> List(CancellationToken cancel = default) =>
        throw new NotSupportedException();

    public Task<bool> Delete(
        Sha sha, DateTimeOffset untouchedSince, CancellationToken cancel = default) =>
        throw new NotSupportedException();
}
