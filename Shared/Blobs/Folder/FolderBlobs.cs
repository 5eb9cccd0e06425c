using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Mneme.Blobs.Folder;

/// <summary>
/// Blobs in a folder: <c>ab/&lt;sha&gt;</c>. A blob is written to <c>tmp/</c>, synchronised,
/// renamed, and its folder synchronised, so that a name never stands for half a content.
/// </summary>
public sealed class FolderBlobs : IBlobStore
{
    private const int BufferBytes = 128 * 1024;
    private readonly string root;
    private readonly TimeProvider clock;
    private readonly long limitBytes;

    private FolderBlobs(string root, Guid storeId, TimeProvider clock, long limitBytes)
    {
        (this.root, this.clock, this.limitBytes) = (root, clock, limitBytes);
        StoreId = storeId;
    }

    /// <summary>Also in the database: a coordinator on another folder must not lead.</summary>
    public Guid StoreId { get; }

    /// <summary>Opens or founds the store and clears what a killed process left in tmp/.</summary>
    /// <param name="belongsTo">The journal whose blobs it holds; null: any.</param>
    /// <exception cref="BlobStoreUnusable"/>
    public static FolderBlobs Open(
        string folder, TimeProvider clock, long limitBytes = 4L * 1024 * 1024 * 1024,
        Guid? belongsTo = null)
    {
        var root = Path.GetFullPath(folder);
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "tmp"));
            var id = Marker.ReadOrWrite(root, belongsTo);
            if (belongsTo is { } journal && journal != id)
                throw new BlobStoreUnusable(
                    $"{root} holds the blobs of another journal ({id}, not {journal}): all "
                    + "coordinators of a cluster must see the same folder (blobs)");
            Leftovers.Clear(root);
            return new FolderBlobs(root, id, clock, limitBytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BlobStoreUnusable($"{root} cannot be a blob store: {error.Message}", error);
        }
    }

    public async Task<BlobInfo> Put(Stream content, CancellationToken cancel = default)
    {
        var temporary = Leftovers.NewName(root);
        try
        {
            var blob = await Write(content, temporary, cancel);
            if (!await Touch(blob.Sha, cancel)) Publish(blob.Sha, temporary);
            Disk.SyncFolder(ShelfOf(blob.Sha));
            return blob;
        }
        catch (IOException error)
        {
            throw Disk.IsFull(error)
                ? new BlobStoreFull(root, error)
                : new BlobStoreUnusable($"{root}: {error.Message}", error);
        }
        finally { File.Delete(temporary); }
    }

    public async Task<byte[]> Get(Sha sha, CancellationToken cancel = default)
    {
        await using var file = OpenFile(sha);
        if (file.Length > Array.MaxLength) throw new BlobTooLarge(Array.MaxLength);
        var content = GC.AllocateUninitializedArray<byte>((int)file.Length);
        await file.ReadExactlyAsync(content, cancel);
        var found = Sha.Of(content);
        return found == sha ? content : throw new BlobDamaged(sha, found);
    }

    public async Task<Stream> Open(Sha sha, CancellationToken cancel = default)
    {
        var file = OpenFile(sha);
        try
        {
            var found = Sha.FromBytes(await SHA256.HashDataAsync(file, cancel));
            if (found != sha) throw new BlobDamaged(sha, found);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    public Task<bool> Has(Sha sha, long size, CancellationToken cancel = default)
    {
        var file = new FileInfo(PathOf(sha));
        return Task.FromResult(file.Exists && file.Length == size);
    }

    public async IAsyncEnumerable<StoredBlob> List(
        [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await Task.CompletedTask;
        foreach (var shelf in Directory.GetDirectories(root, "??").Order(StringComparer.Ordinal))
        {
            foreach (var path in Directory.GetFiles(shelf).Order(StringComparer.Ordinal))
            {
                cancel.ThrowIfCancellationRequested();
                if (Describe(path) is { } blob) yield return blob;
            }
        }
    }

    public Task<bool> Delete(
        Sha sha, DateTimeOffset untouchedSince, CancellationToken cancel = default)
    {
        var file = new FileInfo(PathOf(sha));
        if (!file.Exists || file.LastWriteTimeUtc > untouchedSince.UtcDateTime)
            return Task.FromResult(false);
        file.Delete();
        return Task.FromResult(true);
    }

    private async Task<BlobInfo> Write(Stream content, string path, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var buffer = MemoryPool<byte>.Shared.Rent(BufferBytes);
        await using var file = Leftovers.Create(path);
        var size = 0L;
        while (await content.ReadAsync(buffer.Memory, cancel) is var read and > 0)
        {
            if ((size += read) > limitBytes) throw new BlobTooLarge(limitBytes);
            hash.AppendData(buffer.Memory.Span[..read]);
            await file.WriteAsync(buffer.Memory[..read], cancel);
        }
        file.Flush(flushToDisk: true);
        return new BlobInfo(Sha.FromBytes(hash.GetHashAndReset()), size);
    }

    // A good blob is not rewritten, but the collector must see that it is wanted again. A damaged
    // one is replaced: whoever puts its content again heals the store.
    private async Task<bool> Touch(Sha sha, CancellationToken cancel)
    {
        if (!File.Exists(PathOf(sha))) return false;    // most are new: an error would cost more
        try
        {
            (await Open(sha, cancel)).Dispose();
            File.SetLastWriteTimeUtc(PathOf(sha), clock.GetUtcNow().UtcDateTime);
            return true;
        }
        catch (Exception error) when (error is BlobError or FileNotFoundException)
        {
            return false;
        }
    }

    private void Publish(Sha sha, string temporary)
    {
        var shelf = ShelfOf(sha);
        if (!Directory.Exists(shelf))
        {
            Directory.CreateDirectory(shelf);
            Disk.SyncFolder(root);
        }
        File.SetLastWriteTimeUtc(temporary, clock.GetUtcNow().UtcDateTime);
        File.Move(temporary, PathOf(sha), overwrite: true);
    }

    private FileStream OpenFile(Sha sha)
    {
        try { return new FileStream(PathOf(sha), FileMode.Open, FileAccess.Read, FileShare.Read); }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BlobMissing(sha);
        }
    }

    private string ShelfOf(Sha sha) => Path.Combine(root, sha.Hex[..2]);

    private string PathOf(Sha sha) => Path.Combine(ShelfOf(sha), sha.Hex);

    private static StoredBlob? Describe(string path)
    {
        var file = new FileInfo(path);
        return Sha.TryParse(file.Name, out var sha) && file.Exists
            ? new StoredBlob(sha, file.Length, file.LastWriteTimeUtc)
            : null;
    }
}
