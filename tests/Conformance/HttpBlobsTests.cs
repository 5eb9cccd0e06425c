using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Mneme.Blobs;
using Mneme.Blobs.Folder;
using Mneme.Blobs.Http;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Conformance;

/// <summary>Blobs through a real server on loopback.</summary>
public sealed class HttpBlobsTests : BlobConformance, IAsyncLifetime
{
    private const string Token = "token";
    private readonly string root = Directory.CreateTempSubdirectory("mneme blobs ").FullName;
    private readonly FolderBlobs folder;
    private BlobServer server = null!;
    private HttpBlobs store = null!;

    public HttpBlobsTests() => folder = FolderBlobs.Open(root, Clock);

    protected override IBlobStore Store => store;

    protected override IBlobStore Collected => folder;

    public async Task InitializeAsync()
    {
        server = await BlobServer.Start(folder, refuses: http =>
            http.Request.Headers.Authorization != $"Bearer {Token}"
                ? StatusCodes.Status401Unauthorized
                : null);
        store = server.Client(Token);
    }

    public async Task DisposeAsync()
    {
        store.Dispose();
        await server.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }

    protected override void Corrupt(Sha sha, byte[]? content)
    {
        var path = Path.Combine(root, sha.Hex[..2], sha.Hex);
        if (content is null) File.Delete(path);
        else File.WriteAllBytes(path, content);
    }

    [Fact]
    public async Task A_stream_that_can_be_read_once_is_put_whole()
    {
        using var source = new MemoryStream(Encoding.UTF8.GetBytes("abc"));
        await using var once = new System.IO.Compression.BrotliStream(
            Compressed("abc"), System.IO.Compression.CompressionMode.Decompress);
        (await store.Put(once)).ShouldBe(await store.Put(source));
    }

    [Fact]
    public async Task A_stream_is_put_from_where_it_stands()
    {
        using var source = new MemoryStream(Encoding.UTF8.GetBytes("...abc"));
        source.Position = 3;
        (await store.Get((await store.Put(source)).Sha)).ShouldBe(Encoding.UTF8.GetBytes("abc"));
    }

    [Fact]
    public async Task A_stranger_moves_no_blob_and_is_told_why()
    {
        using var stranger = server.Client("wrong");
        var blob = await folder.Put(Encoding.UTF8.GetBytes("abc"));

        foreach (var ask in new Func<Task>[]
        {
            () => stranger.Get(blob.Sha), () => stranger.Has(blob.Sha, 3),
            () => stranger.Put(new byte[100]),
        })
            (await Should.ThrowAsync<BlobStoreUnusable>(ask)).Message.ShouldContain("token");
    }

    [Theory]
    [InlineData("..%2f..%2fetc%2fpasswd", 400)]
    [InlineData("ABCDEF", 400)]
    [InlineData("", 404)]
    public async Task What_is_no_sha_is_no_blob(string name, int status)
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Put })
            (await Send(method, name)).ShouldBe(status);
    }

    [Fact]
    public async Task Collecting_is_not_done_over_http()
    {
        Should.Throw<NotSupportedException>(() => store.List()).Message.ShouldContain("collected");
        await Should.ThrowAsync<NotSupportedException>(
            () => store.Delete(Sha.Of([]), Clock.GetUtcNow()));
        (await Send(HttpMethod.Delete, Sha.Of([]).Hex)).ShouldBe(405);
    }

    [Fact]
    public async Task Content_of_another_name_is_refused_and_leaves_nothing()
    {
        var name = Sha.Of(Encoding.UTF8.GetBytes("another"));
        (await Send(HttpMethod.Put, name.Hex, new ByteArrayContent([1, 2, 3]))).ShouldBe(422);
        NothingIsLeft();
    }

    [Fact]
    public async Task A_length_must_be_declared_and_nothing_may_be_packed()
    {
        var sha = Sha.Of([1, 2, 3]).Hex;
        using var endless = new StreamContent(new OnceStream([1, 2, 3]));
        (await Send(HttpMethod.Put, sha, endless)).ShouldBe(411);
        using var packed = new ByteArrayContent([1, 2, 3]);
        packed.Headers.ContentEncoding.Add("gzip");
        (await Send(HttpMethod.Put, sha, packed)).ShouldBe(415);
        (await Send(HttpMethod.Head, sha)).ShouldBe(400);
        NothingIsLeft();
    }

    private void NothingIsLeft()
    {
        Directory.GetFiles(Path.Combine(root, "tmp")).ShouldBeEmpty();
        Directory.GetDirectories(root, "??").ShouldBeEmpty();
    }

    private async Task<int> Send(HttpMethod method, string name, HttpContent? content = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, $"{server.Url}v1/blobs/{name}");
        request.Content = content ?? (method == HttpMethod.Put ? new ByteArrayContent([]) : null);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var response = await client.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static MemoryStream Compressed(string text)
    {
        var packed = new MemoryStream();
        using (var pack = new System.IO.Compression.BrotliStream(
            packed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
            pack.Write(Encoding.UTF8.GetBytes(text));
        packed.Position = 0;
        return packed;
    }

    private sealed class OnceStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
