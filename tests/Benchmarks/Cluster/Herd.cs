using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Mneme.Actors;
using Mneme.Blobs.Folder;
using Mneme.Specs;
using Mneme.Transport.RabbitMq;
using Mneme.Worker;

namespace Mneme.Benchmarks.Cluster;

/// <summary>Many workers in one process: real nodes on links of their own, whose words are
/// measured. For each line of input it prints what was measured since the last one.</summary>
internal static class Herd
{
    public static async Task<int> Run(int count, string work)
    {
        ThreadPool.SetMinThreads(8, 8);
        var heard = new Heard();
        var transport = new OverheardTransport(
            new RabbitMqTransport(new RabbitMqOptions(Setting("BROKER"), BrokerRole.Worker)),
            heard);
        var blobs = FolderBlobs.Open(Setting("BLOBS"), TimeProvider.System);
        foreach (var node in Enumerable.Range(0, count).Select(i => New(i, transport)))
            node.Start();
        Console.WriteLine("started");
        while (await Console.In.ReadLineAsync() is not null)
            Console.WriteLine(JsonSerializer.Serialize(heard.Take()));
        return 0;

        WorkerNode New(int number, OverheardTransport over)
        {
            var name = count == 1 ? Setting("NODE") : $"{Setting("NODE")}-{number}";
            var isReal = work == "train";
            return new WorkerNode(
                over, Identity(name, isReal ? NumericsClass.Of("cpu") : "herd"), _ => blobs,
                isReal ? Catalog.NewCohort : (_, _, worker) => new HoldingCohort(worker),
                // A clock of its own: its beats need no thread each.
                new ActorSettings
                {
                    Clock = isReal ? TimeProvider.System : new PlainClock(),
                    Seed = (ulong)number,
                });
        }
    }

    private static WorkerIdentity Identity(string name, string numerics) => new(
        name, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
        int.Parse(Setting("SLOTS"), CultureInfo.InvariantCulture), "cpu", numerics,
        CatalogueIdentity.Of(Catalog.Families.Select(family => family.Schema)),
        Setting("TOKEN"));

    private static string Setting(string name) =>
        Environment.GetEnvironmentVariable($"MNEME_{name}")
        ?? throw new InvalidOperationException($"MNEME_{name} is not set");

    private sealed class PlainClock : TimeProvider;
}
