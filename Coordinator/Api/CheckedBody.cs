using System.Security.Cryptography;
using Mneme.Blobs;

namespace Mneme.Coordinator.Api;

/// <summary>A request's body, hashed while it is read. At its end it is either what its name says,
/// or an error that keeps the store from naming it.</summary>
internal sealed class CheckedBody(Stream body, Sha name, long length) : Stream
{
    private readonly IncrementalHash hash =
        IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long left = length;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await Next(buffer, cancellationToken);
        hash.AppendData(buffer.Span[..read]);
        left -= read;
        if (read == 0 && buffer.Length > 0) Check();
        return read;
    }

    public override Task<int> ReadAsync(
        byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException();

    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) hash.Dispose();
        base.Dispose(disposing);
    }

    // A store takes an error of input or output for one of its own disk.
    private async ValueTask<int> Next(Memory<byte> buffer, CancellationToken cancel)
    {
        try { return await body.ReadAsync(buffer, cancel); }
        catch (IOException error) { throw new BodyCut(error); }
    }

    private void Check()
    {
        if (left != 0) throw new BodyCut(inner: null);
        var found = Sha.FromBytes(hash.GetHashAndReset());
        if (found != name) throw new BodyMismatch(name, found);
    }
}

internal sealed class BodyMismatch(Sha name, Sha found)
    : Exception($"the content has sha {found}, not {name}");

internal sealed class BodyCut(Exception? inner)
    : Exception("the content ended before its declared length", inner);
