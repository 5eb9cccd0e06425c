using System.Buffers;
using System.Security.Cryptography;

namespace Mneme.Blobs.Http;

/// <summary>A content that is known as a whole before it goes on: its sha is its address when it
/// leaves, and must be its name when it arrives.</summary>
internal sealed class Spool : IAsyncDisposable
{
    private const int BufferBytes = 128 * 1024;
    private const int SmallBytes = 16 * 1024 * 1024;
    private readonly long start;
    private readonly bool isOurs;

    private Spool(Stream content, long start, BlobInfo blob, bool isOurs)
    {
        (Content, this.start, this.isOurs) = (content, start, isOurs);
        (Sha, Size) = blob;
    }

    public Stream Content { get; }

    public Sha Sha { get; }

    public long Size { get; }

    /// <summary>What the stream has left. A stream that can only be read once is copied.</summary>
    public static async Task<Spool> Of(Stream content, CancellationToken cancel)
    {
        if (!content.CanSeek) return await Arriving(content, length: null, () => { }, cancel);
        var start = content.Position;
        var blob = await Copy(content, Stream.Null, () => { }, cancel);
        return new Spool(content, start, blob, isOurs: false);
    }

    /// <param name="length">As it was declared; what is small stays in memory.</param>
    public static async Task<Spool> Arriving(
        Stream source, long? length, Action isAlive, CancellationToken cancel)
    {
        Stream content = length <= SmallBytes ? new MemoryStream((int)length) : Temporary();
        try
        {
            var blob = await Copy(source, content, isAlive, cancel);
            content.Position = 0;
            return new Spool(content, start: 0, blob, isOurs: true);
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    /// <summary>The whole content, as often as it is asked for.</summary>
    public async Task CopyTo(Stream target, Action isAlive, CancellationToken cancel)
    {
        Content.Position = start;
        await Copy(Content, target, isAlive, cancel);
    }

    public ValueTask DisposeAsync() => isOurs ? Content.DisposeAsync() : default;

    private static async Task<BlobInfo> Copy(
        Stream source, Stream target, Action isAlive, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var buffer = MemoryPool<byte>.Shared.Rent(BufferBytes);
        var size = 0L;
        while (await source.ReadAsync(buffer.Memory, cancel) is var read and > 0)
        {
            isAlive();
            hash.AppendData(buffer.Memory.Span[..read]);
            await target.WriteAsync(buffer.Memory[..read], cancel);
            size += read;
        }
        return new BlobInfo(Sha.FromBytes(hash.GetHashAndReset()), size);
    }

    // Gone when it is closed, and nobody else's meanwhile.
    private static FileStream Temporary()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(
            Path.Combine(Path.GetTempPath(), $"mneme-blob-{Guid.NewGuid():N}"), options);
    }
}
