using System.Diagnostics;
using Mneme.Transport;
using Mneme.Transport.RabbitMq;

namespace Mneme.Benchmarks;

/// <summary>How long a frame takes from a worker through the durable queue to a coordinator and
/// back to the worker's mailbox, and how many do so in a second.</summary>
internal static class TransportBenchmark
{
    private const int Frames = 5_000;
    private const int BodyBytes = 500;

    public static async Task<int> Run()
    {
        var (coordinators, workers) = (Address("COORDINATOR"), Address("WORKER"));
        if (coordinators is null || workers is null)
        {
            Console.Error.WriteLine("mneme-bench transport needs a broker: " +
                "Coordinator/Local/servers start FOLDER broker, then set what its env prints");
            return 2;
        }
        await using var leader = await Connect(coordinators, BrokerRole.Coordinator);
        await using var worker = await Connect(workers, BrokerRole.Worker);
        await using var service = leader.Serve(
            async delivery =>
            {
                if (delivery.Redelivered) return Ack.Done; // what an earlier run left
                await leader.Send(Route.To(worker.Box), delivery.Frame);
                return Ack.Done;
            }, window: 256);
        await Measure(worker, inFlight: 1, frames: 500); // warm
        foreach (var inFlight in new[] { 1, 64 }) await Print(worker, inFlight);
        return 0;
    }

    private static async Task Print(ILink worker, int inFlight)
    {
        var watch = Stopwatch.StartNew();
        var times = await Measure(worker, inFlight, Frames);
        var rate = Frames / watch.Elapsed.TotalSeconds;
        Array.Sort(times);
        Console.WriteLine($"{inFlight,3} in flight: p50 {times[times.Length / 2]:F2} ms, " +
            $"p99 {times[times.Length * 99 / 100]:F2} ms, {rate:F0} round trips/s");
    }

    // A frame carries the time of its sending.
    private static async Task<double[]> Measure(ILink worker, int inFlight, int frames)
    {
        var times = new double[frames];
        var room = new SemaphoreSlim(inFlight);
        var receiving = Task.Run(async () =>
        {
            for (var i = 0; i < frames; i++)
            {
                var frame = await worker.Inbox.ReadAsync();
                times[i] = Stopwatch.GetElapsedTime(BitConverter.ToInt64(frame.Body.Span))
                    .TotalMilliseconds;
                room.Release();
            }
        });
        for (var i = 0; i < frames; i++)
        {
            await room.WaitAsync();
            var body = new byte[BodyBytes];
            BitConverter.TryWriteBytes(body, Stopwatch.GetTimestamp());
            _ = worker.Send(Route.Coordinator, new Frame(body)).AsTask();
        }
        await receiving;
        return times;
    }

    private static Task<ILink> Connect(string url, BrokerRole role) =>
        new RabbitMqTransport(new RabbitMqOptions(url, role))
            .Connect(new Caller($"bench-{role}", $"{Guid.NewGuid():N}"));

    private static string? Address(string role) =>
        Environment.GetEnvironmentVariable($"MNEME_BROKER_{role}");
}
