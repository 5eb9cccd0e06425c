using Microsoft.AspNetCore.Http.Metadata;

namespace Mneme.Web;

/// <summary>An endpoint's own limit on bodies, in the place of the listener's.</summary>
/// <param name="bytes">Null: the endpoint counts for itself.</param>
public sealed class BodyLimit(long? bytes) : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => bytes;
}
