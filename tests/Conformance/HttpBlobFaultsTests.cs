using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Mneme.Blobs;
using Mneme.Blobs.Folder;
using Mneme.Blobs.Http;
using Mneme.Coordinator.Api;
using Mneme.Tests.Coordinator.Api;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Conformance;

/// <summary>What client and server make of limits, lost connections and each other's silence.
/// </summary>
public sealed class HttpBlobFaultsTests : IDisposable
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("precious weights");
    private readonly string root = Directory.CreateTempSubdirectory("mneme-blobs-").FullName;
    private readonly FolderBlobs folder;

    public HttpBlobFaultsTests() => folder = FolderBlobs.Open(root, TimeProvider.System);

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task A_lost_connection_and_a_server_that_is_not_ready_are_tried_again()
    {
        var asked = 0;
        await using var server = await BlobServer.Start(folder, refuses: http =>
        {
            if (++asked % 3 == 1) http.Abort();
            return asked % 3 == 0 ? null : StatusCodes.Status503ServiceUnavailable;
        });
        using var client = server.Client();

        var blob = await client.Put(Content);
        (await client.Has(blob.Sha, blob.Size)).ShouldBeTrue();
        (await client.Get(blob.Sha)).ShouldBe(Content);
        asked.ShouldBe(9);
    }

    [Fact]
    public async Task A_server_that_starts_later_is_found_on_the_same_port()
    {
        var early = await BlobServer.Start(folder);
        using var client = early.Client();
        var port = early.Url.Port;
        await early.DisposeAsync();
        var putting = client.Put(Content);

        await using var late = await BlobServer.Start(folder, port: port);
        (await folder.Has((await putting).Sha, Content.Length)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_server_that_stays_away_makes_the_store_unusable()
    {
        var server = await BlobServer.Start(folder);
        using var client = server.Client(patience: TimeSpan.FromSeconds(0.3));
        await server.DisposeAsync();

        (await Should.ThrowAsync<BlobStoreUnusable>(() => client.Put(Content)))
            .Message.ShouldContain("127.0.0.1");
    }

    [Fact]
    public async Task A_blob_over_the_limit_is_refused_before_it_is_sent()
    {
        await using var server = await BlobServer.Start(
            folder, BlobLimits.Default with { Bytes = 10 });
        using var client = server.Client();

        (await Should.ThrowAsync<BlobTooLarge>(() => client.Put(new byte[8_000_000])))
            .Message.ShouldContain("10 bytes");
        (await client.Put(new byte[10])).Size.ShouldBe(10);
    }

    [Fact]
    public async Task A_full_store_is_told_as_such()
    {
        await using var server = await BlobServer.Start(new FullBlobs());
        using var client = server.Client();

        (await Should.ThrowAsync<BlobStoreFull>(() => client.Put(new byte[2_000_000])))
            .Message.ShouldContain($"{server.Url}");
    }

    [Fact]
    public async Task A_client_whose_requests_share_a_connection_is_served_too()
    {
        await using var server = await BlobServer.Start(
            folder, protocols: HttpProtocols.Http2);
        using var client = new HttpClient
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var url = new Uri(server.Url, $"v1/blobs/{Sha.Of(Content).Hex}");

        using var put = await client.PutAsync(url, new ByteArrayContent(Content));
        put.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await client.GetByteArrayAsync(url)).ShouldBe(Content);
    }

    [Fact]
    public async Task The_coordinators_interface_moves_large_blobs_for_nodes_and_none_for_viewers()
    {
        await using var api = await RunningApi.Start(
            blobs: (routes, _) => BlobEndpoints.Map(routes, folder));
        using var node = Client(api, "node");
        using var viewer = Client(api, "viewer");
        var content = new byte[20_000_000];
        content[^1] = 1;

        var blob = await node.Put(content);
        (await node.Get(blob.Sha)).SequenceEqual(content).ShouldBeTrue();
        await Should.ThrowAsync<BlobMissing>(() => node.Get(Sha.Of(Content)));
        (await node.Has(Sha.Of(Content), Content.Length)).ShouldBeFalse();
        await Should.ThrowAsync<BlobStoreUnusable>(() => viewer.Get(blob.Sha));
        await Should.ThrowAsync<BlobStoreUnusable>(() => viewer.Put(content));
    }

    [Fact]
    public async Task A_body_that_is_cut_leaves_nothing()
    {
        await using var server = await BlobServer.Start(folder);
        using (var cut = await Connect(server))
        {
            await cut.SendAsync(Encoding.ASCII.GetBytes(
                $"PUT /v1/blobs/{Sha.Of(Content).Hex} HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Length: 1000000\r\n\r\nprecious"));
            await Until(() => UnderWay() == 1);
        }

        await Until(() => UnderWay() == 0);
        Directory.GetDirectories(root, "??").ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_reads_too_slowly_is_cut_off()
    {
        var blob = await folder.Put(new byte[60_000_000]);
        await using var server = await BlobServer.Start(folder, BlobLimits.Default with
        {
            Slowest = new MinDataRate(10_000_000, TimeSpan.FromSeconds(1.1)),
        });
        using var slow = await Connect(server);
        await slow.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /v1/blobs/{blob.Sha.Hex} HTTP/1.1\r\nHost: localhost\r\n\r\n"));

        var received = 0L;
        await Until(() => IsCutOff(slow, ref received));
        received.ShouldBeLessThan(60_000_000);
    }

    private static HttpBlobs Client(RunningApi api, string role) => new(
        HttpBlobs.Handler(), api.Server.Url, () => RunningApi.TokenOf(role), TimeProvider.System);

    private int UnderWay() => Directory.GetFiles(Path.Combine(root, "tmp")).Length;

    // Takes a little at a time, so that the connection stays open from this side.
    private static bool IsCutOff(Socket slow, ref long received)
    {
        try
        {
            var read = slow.Receive(new byte[1000]);
            received += read;
            return read == 0;
        }
        catch (SocketException) { return true; }
    }

    private static async Task<Socket> Connect(BlobServer server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            LingerState = new LingerOption(true, 0),
        };
        await socket.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        return socket;
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition()) await timer.WaitForNextTickAsync(limit.Token);
    }
}
