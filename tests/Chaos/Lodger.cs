using System.Text;
using Mneme.Transport;
using Mneme.Transport.RabbitMq;

namespace Mneme.Tests.Chaos;

/// <summary>
/// Runs where a test cannot: keeps a link to a broker, makes a new one when that ends, and tells
/// what it sees, one line each.
/// </summary>
internal static class Lodger
{
    public static async Task<int> Run(string url)
    {
        var transport = new RabbitMqTransport(new RabbitMqOptions(url, BrokerRole.Worker)
        {
            AllowsPlain = true, Heartbeat = TimeSpan.FromSeconds(1),
        });
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await pause.WaitForNextTickAsync())
        {
            try { await Live(transport); }
            catch (TransportUnavailable) { } // later, perhaps
        }
        return 0;
    }

    private static async Task Live(RabbitMqTransport transport)
    {
        await using var link =
            await transport.Connect(new Caller("lodger", $"{Guid.NewGuid():N}"));
        Console.WriteLine($"up {link.Box}");
        await foreach (var frame in link.Inbox.ReadAllAsync())
            Console.WriteLine($"got {Encoding.UTF8.GetString(frame.Body.Span)}");
        Console.WriteLine($"down {(await link.Down).End}");
    }
}
