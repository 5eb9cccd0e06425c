using System.Text;
using Mneme.Credentials;
using Mneme.Tests.Shared.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Api;

public sealed class ResultEndpointTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private RunningApi api = null!;

    public async Task InitializeAsync()
    {
        Write("outside.txt", "outside");
        Write("results/small/small.pkl", "pickle");
        Write("results/small/plots/accuracy.svg", "<svg/>");
        Write("results/small-too/x", "neighbour");
        Write("results/small/..hidden", "hidden");
        File.CreateSymbolicLink(folder.At("results/small/link"), folder.At("outside.txt"));
        Directory.CreateSymbolicLink(folder.At("results/small/linked"), folder.At("."));
        api = await RunningApi.Start();
        api.Desk.Results = folder.At("results/small");
    }

    public async Task DisposeAsync()
    {
        await api.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Files_are_listed_with_size_and_hash_and_without_links()
    {
        var list = await api.Get("/v1/experiments/small/results", "viewer");

        list.Body.ShouldBe(
            $$"""{"files":[{{Listed("plots/accuracy.svg", "<svg/>")}},"""
            + Listed("small.pkl", "pickle") + "]}");
    }

    [Fact]
    public async Task A_file_comes_as_a_file_and_never_as_a_page()
    {
        var file = await api.Get("/v1/experiments/small/results/plots/accuracy.svg", "viewer");

        (file.Status, file.Body).ShouldBe((200, "<svg/>"));
        file.Headers["X-Content-Type-Options"].ShouldBe("nosniff");
    }

    [Theory]
    [InlineData("../../outside.txt")]
    [InlineData("plots/../../../outside.txt")]
    [InlineData("%2e%2e/%2e%2e/outside.txt")]
    [InlineData("..%2f..%2foutside.txt")]
    [InlineData("%2e%2e%2f%2e%2e%2foutside.txt")]
    [InlineData("%252e%252e/%252e%252e/outside.txt")]
    [InlineData("..%5c..%5coutside.txt")]
    [InlineData("....//....//outside.txt")]
    [InlineData("..;/..;/outside.txt")]
    [InlineData("%c0%ae%c0%ae/outside.txt")]
    [InlineData("//etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("%2fetc%2fpasswd")]
    [InlineData("file:///etc/passwd")]
    [InlineData("C:/outside.txt")]
    [InlineData("../small-too/x")]
    [InlineData("..%2fsmall-too%2fx")]
    [InlineData("small.pkl%00.txt")]
    [InlineData("small.pkl/")]
    [InlineData("small.pkl.")]
    [InlineData("link")]
    [InlineData("linked/outside.txt")]
    [InlineData("linked/results/small/small.pkl")]
    [InlineData("..hidden")]
    [InlineData("plots")]
    public async Task No_name_leads_out_of_the_folder(string name)
    {
        var answer = await api.Raw($"GET /v1/experiments/small/results/{name} HTTP/1.1\r\n"
            + $"Host: localhost\r\nAuthorization: Bearer {RunningApi.RootToken}\r\n"
            + "Connection: close\r\n\r\n");

        answer.ShouldMatch("^HTTP/1.1 40[04] ");
        answer.ShouldNotContain("outside\n");
        answer.ShouldNotContain("neighbour");
    }

    [Fact]
    public async Task What_is_not_published_yet_is_not_there()
    {
        api.Desk.Results = null;

        (await api.Get("/v1/experiments/small/results")).Status.ShouldBe(404);
        (await api.Get("/v1/experiments/small/results/small.pkl")).Status.ShouldBe(404);
        (await api.Get("/v1/experiments/none/results")).Status.ShouldBe(404);
    }

    private static string Listed(string path, string text) =>
        $$"""{"path":"{{path}}","bytes":{{text.Length}},"sha256":"{{TokenHash.Of(text)}}"}""";

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.At(name))!);
        File.WriteAllBytes(folder.At(name), Encoding.UTF8.GetBytes(text));
    }
}
