using Mneme.Tests.Coordinator.Api;

namespace Mneme.Tests.Coordinator.Cli.Cluster;

/// <summary>A cluster's HTTP interface, and somebody with a command line.</summary>
internal sealed class ClusterPlace : IAsyncDisposable
{
    private ClusterPlace(RunningApi api) => Api = api;

    public RunningApi Api { get; }
    public Workplace Place { get; } = new();

    public static async Task<ClusterPlace> Start() => new(await RunningApi.Start());

    public Task<Ended> Run(params string[] arguments) =>
        RunAs(RunningApi.RootToken, arguments);

    public Task<Ended> RunAs(string token, params string[] arguments) => Place.Run(
        [.. arguments, "--server", $"{Api.Server.Url}", "--token", token, "--patience", "0"]);

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        Place.Dispose();
    }
}
