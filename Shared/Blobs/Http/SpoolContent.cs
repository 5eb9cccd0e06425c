using System.Net;

namespace Mneme.Blobs.Http;

/// <summary>A spool as a request's body. Each piece that leaves shows that the connection lives.
/// </summary>
internal sealed class SpoolContent(Spool spool, Action isAlive) : HttpContent
{
    protected override bool TryComputeLength(out long length)
    {
        length = spool.Size;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        spool.CopyTo(stream, isAlive, cancellationToken);
}
