namespace Mneme.Blobs;

/// <summary>
/// Files named by their content: checkpoints, large results, logs. What <see cref="Put"/> returned
/// survives a loss of power; what <see cref="Get"/> returns is what was put, or an error.
/// </summary>
public interface IBlobStore
{
    /// <summary>
    /// Stores what the stream has left. A blob that is there is touched, not rewritten.
    /// </summary>
    Task<BlobInfo> Put(Stream content, CancellationToken cancel = default);

    /// <summary>The whole blob, its sha checked before the first byte is handed out.</summary>
    /// <exception cref="BlobMissing"/><exception cref="BlobDamaged"/>
    Task<byte[]> Get(Sha sha, CancellationToken cancel = default);

    /// <summary>A checked blob as a stream, for what should not lie in memory twice.</summary>
    /// <exception cref="BlobMissing"/><exception cref="BlobDamaged"/>
    Task<Stream> Open(Sha sha, CancellationToken cancel = default);

    /// <summary>Presence and size; content is not read.</summary>
    Task<bool> Has(Sha sha, long size, CancellationToken cancel = default);

    /// <summary>For the collector: every blob, in the order of their names.</summary>
    IAsyncEnumerable<StoredBlob> List(CancellationToken cancel = default);

    /// <summary>For the collector: forgets a blob untouched since the time; else false.</summary>
    Task<bool> Delete(Sha sha, DateTimeOffset untouchedSince, CancellationToken cancel = default);
}

public readonly record struct BlobInfo(Sha Sha, long Size);

public readonly record struct StoredBlob(Sha Sha, long Size, DateTimeOffset TouchedAt);

/// <summary>What can go wrong with a blob without anyone having made a mistake.</summary>
public abstract class BlobError(string message, Exception? inner = null)
    : Exception(message, inner);

public sealed class BlobMissing(Sha sha) : BlobError($"blob {sha} is not in the store");

/// <summary>
/// The content has another sha than its name. It is left where it is, as evidence.
/// </summary>
public sealed class BlobDamaged(Sha sha, Sha found)
    : BlobError($"blob {sha} is damaged: its content has sha {found}")
{
    public Sha Found { get; } = found;
}

public sealed class BlobTooLarge(long limit)
    : BlobError($"a blob may have {limit:N0} bytes")
{
    public long Limit { get; } = limit;
}

/// <summary>The disk or the quota of the store is used up; nothing was stored.</summary>
public sealed class BlobStoreFull(string where, Exception? inner = null)
    : BlobError($"no space is left in {where}: free some, then resume", inner);

/// <summary>The store could not be used: permissions, a dead mount, a foreign folder.</summary>
public sealed class BlobStoreUnusable(string why, Exception? inner = null)
    : BlobError(why, inner);

public static class BlobStoreExtensions
{
    public static async Task<BlobInfo> Put(
        this IBlobStore store, ReadOnlyMemory<byte> content, CancellationToken cancel = default)
    {
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        return await store.Put(stream, cancel);
    }
}
