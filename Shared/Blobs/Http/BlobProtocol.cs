namespace Mneme.Blobs.Http;

/// <summary>What client and server of blobs over HTTP agree on.</summary>
public static class BlobProtocol
{
    /// <summary>A blob's address is this and its sha: GET, HEAD with <see cref="Size"/>, PUT.
    /// </summary>
    public const string Path = "/v1/blobs/";

    /// <summary>Of the query of HEAD: presence means name and size.</summary>
    public const string Size = "size";

    /// <summary>The sha that a damaged blob's content has.</summary>
    public const string FoundHeader = "Mneme-Found";

    /// <summary>The number of bytes that a blob may have.</summary>
    public const string LimitHeader = "Mneme-Limit";
}
