using Mneme.Blobs;

namespace Mneme.Worker.Sessions;

/// <summary>The blob store of whoever leads: a cohort that began under one coordinator stores what
/// it computed with the next.</summary>
public sealed class CurrentBlobs(Func<Uri, IBlobStore> open) : IBlobStore
{
    private readonly Lock gate = new();
    private IBlobStore? store;
    private Uri? address;

    /// <summary>From the next call on, blobs are at this address; null changes nothing.</summary>
    public IBlobStore At(string? url)
    {
        lock (gate)
        {
            if (url is null || new Uri(url) is var next && next == address) return this;
            (address, store) = (next, open(next));
        }
        return this;
    }

    public Task<BlobInfo> Put(Stream content, CancellationToken cancel = default) =>
        Try(async at =>
        {
            if (content.CanSeek) content.Position = 0;
            return await at.Put(content, cancel);
        });

    public Task<byte[]> Get(Sha sha, CancellationToken cancel = default) =>
        Try(at => at.Get(sha, cancel));

    public Task<Stream> Open(Sha sha, CancellationToken cancel = default) =>
        Try(at => at.Open(sha, cancel));

    public Task<bool> Has(Sha sha, long size, CancellationToken cancel = default) =>
        Try(at => at.Has(sha, size, cancel));

    public IAsyncEnumerable<StoredBlob> List(CancellationToken cancel = default) =>
        throw new NotSupportedException("a worker does not collect blobs");

    public Task<bool> Delete(
        Sha sha, DateTimeOffset untouchedSince, CancellationToken cancel = default) =>
        throw new NotSupportedException("a worker does not collect blobs");

    // A store that is gone for good has a successor by now, or it is the store's own trouble.
    private async Task<T> Try<T>(Func<IBlobStore, Task<T>> use)
    {
        var now = Now();
        try { return await use(now); }
        catch (BlobStoreUnusable) when (Now() != now) { return await use(Now()); }
    }

    private IBlobStore Now()
    {
        lock (gate)
            return store ?? throw new BlobStoreUnusable(
                "no coordinator has said yet where blobs are, and no folder is set (blobs)");
    }
}
