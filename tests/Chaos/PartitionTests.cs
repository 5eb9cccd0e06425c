using System.Diagnostics;
using System.Text;
using Mneme.Tests.Servers;
using Mneme.Transport;
using Mneme.Transport.RabbitMq;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Chaos;

public sealed class PartitionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_link_over_a_cut_wire_ends_on_both_sides_and_a_new_one_comes_when_it_heals()
    {
        var space = await LocalServers.Broker();
        await using var coordinator =
            await new RabbitMqTransport(new(space.Coordinator, BrokerRole.Coordinator))
                .Connect(new Caller("coordinator", "i"));
        await using var partition = await Partition.Create();
        using var gate = Cable.To(space.Worker, out var url, at: partition.Outside);
        using var lodger = partition.Start(
            Environment.ProcessPath!, typeof(Lodger).Assembly.Location, "lodger", url);
        try
        {
            var before = (await Next(lodger, "up "))[3..];
            (await coordinator.Send(Route.To(before), Text("hello"))).ShouldBe(Sent.Accepted);
            await Next(lodger, "got hello");

            await partition.Cut();

            await Next(lodger, "down Lost");
            await Until(async () =>
                await coordinator.Send(Route.To(before), Text("gone?")) == Sent.Returned);

            await partition.Heal();

            var after = (await Next(lodger, "up "))[3..];
            after.ShouldNotBe(before);
            (await coordinator.Send(Route.To(after), Text("again"))).ShouldBe(Sent.Accepted);
            await Next(lodger, "got again");
        }
        finally
        {
            lodger.Kill(entireProcessTree: true);
        }
    }

    private static async Task<string> Next(Process process, string start)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            if (line.StartsWith(start, StringComparison.Ordinal)) return line;
        throw new InvalidOperationException(
            $"the lodger ended before it said '{start}': {process.StandardError.ReadToEnd()}");
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition()) await timer.WaitForNextTickAsync(patience.Token);
    }

    private static Frame Text(string text) => new(Encoding.UTF8.GetBytes(text));
}
