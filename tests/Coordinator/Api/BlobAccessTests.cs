using System.Net.Http.Headers;
using Mneme.Blobs;
using Mneme.Blobs.Folder;
using Mneme.Coordinator.Api;
using Mneme.Tests.Lighthouse;
using Mneme.Tests.Shared.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Api;

/// <summary>Checkpoints through the guarded interface: whose they are to move, and that they may be
/// larger than any other body.</summary>
public sealed class BlobAccessTests : IAsyncLifetime
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 3 << 20).Select(i => (byte)i)];
    private static readonly string Path = $"/v1/blobs/{Sha.Of(Content)}";
    private readonly TemporaryFolder folder = new();
    private RunningApi api = null!;

    public async Task InitializeAsync()
    {
        var store = FolderBlobs.Open(folder.At("blobs"), TimeProvider.System);
        api = await RunningApi.Start(blobs: (routes, _) => BlobEndpoints.Map(routes, store));
    }

    public async Task DisposeAsync()
    {
        await api.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Blobs_are_moved_by_nodes_and_operators_alone_also_at_a_standby()
    {
        api.Desk.Leads = false;
        (await Put(api.Server.Url, "node")).ShouldBe(204);

        (await api.Get(Path, null)).Status.ShouldBe(401);
        (await api.Ask("DELETE", Path)).Status.ShouldBe(405);
        foreach (var role in RoleNames.All)
            (await api.Get(Path, role)).Status.ShouldBe(
                role is "node" or "operator" ? 200 : 403, role);
        (await Put(api.Server.Url, "viewer")).ShouldBe(403);
        (await Put(api.Server.Url, "nobody-knows")).ShouldBe(401);
    }

    [Fact]
    public async Task A_lighthouse_hands_on_whole_blobs()
    {
        await using var house = await RunningLighthouse.Start();
        await house.Show(house.View() with
        {
            Leader = house.View().Leader with { Url = $"{api.Server.Url}" },
        });

        (await Put(house.Server.Url, "node")).ShouldBe(204);

        (await house.Get(Path, RunningApi.TokenOf("viewer"))).Status.ShouldBe(403);
        (await house.Get(Path, RunningApi.TokenOf("node"))).Body.Length
            .ShouldBeGreaterThan(1 << 20);
    }

    private static async Task<int> Put(Uri server, string who)
    {
        using var client = new HttpClient { BaseAddress = server };
        client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", RunningApi.TokenOf(who));
        client.DefaultRequestHeaders.ExpectContinue = true;
        using var answer = await client.PutAsync(Path, new ByteArrayContent(Content));
        return (int)answer.StatusCode;
    }
}
