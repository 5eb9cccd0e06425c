using Mneme.Tests.Servers;

namespace Mneme.Tests.Chaos;

/// <summary>A worker whose only way to the broker is a wire that can be cut.</summary>
internal sealed class Wire : IAsyncDisposable
{
    private readonly Partition partition;
    private readonly Cable cable;

    private Wire(string node, Partition partition, Cable cable) =>
        (Node, this.partition, this.cable) = (node, partition, cable);

    public string Node { get; }

    public static async Task<Wire> Lay(LocalCluster cluster, string node)
    {
        var partition = await Partition.Create();
        var cable = Cable.To(
            cluster.Servers.Address("MNEME_BROKER_WORKER"), out var url, at: partition.Outside);
        cluster.AddWorker(node, partition, ("MNEME_BROKER", url), ("MNEME_INSECURE", "true"));
        return new Wire(node, partition, cable);
    }

    public Task Cut() => partition.Cut();

    public Task Heal() => partition.Heal();

    public async ValueTask DisposeAsync()
    {
        cable.Dispose();
        await partition.DisposeAsync();
    }
}
