using System.Collections.Concurrent;
using System.Text;
using Mneme.Transport;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Conformance;

/// <summary>The broker's machine loses its power while frames are on their way.</summary>
public sealed partial class RabbitMqTransportTests
{
    private const int FramesBetweenKills = 200;

    [Fact]
    public async Task What_was_accepted_arrives_however_often_the_broker_is_killed()
    {
        var accepted = new ConcurrentQueue<string>();
        var received = new ConcurrentDictionary<string, bool>();
        using var end = new CancellationTokenSource();
        var serving = ServeOn(received, end.Token);
        using (var enough = new CancellationTokenSource())
        {
            var sending = SendOn(accepted, enough.Token);
            for (var kill = 1; kill <= 3; kill++)
            {
                await Until(() => accepted.Count >= kill * FramesBetweenKills);
                await RestartBroker();
            }
            await Until(() => accepted.Count >= 4 * FramesBetweenKills);
            await enough.CancelAsync();
            await sending;
        }

        await Until(() => accepted.All(received.ContainsKey));
        await end.CancelAsync();
        await serving;
    }

    private async Task SendOn(ConcurrentQueue<string> accepted, CancellationToken enough)
    {
        for (var number = 0; !enough.IsCancellationRequested;)
        {
            await using var link = await ConnectAtLast("worker");
            while (!link.Down.IsCompleted && !enough.IsCancellationRequested)
            {
                var text = $"{number++}";
                var frame = new Frame(Encoding.UTF8.GetBytes(text));
                if (await link.Send(Route.Coordinator, frame) == Sent.Accepted)
                    accepted.Enqueue(text);
            }
        }
    }

    private async Task ServeOn(ConcurrentDictionary<string, bool> received, CancellationToken end)
    {
        var ended = new TaskCompletionSource();
        await using var _ = end.Register(() => ended.TrySetResult());
        while (!end.IsCancellationRequested)
        {
            await using var link = await ConnectAtLast("coordinator");
            await using var service = link.Serve(
                delivery =>
                {
                    received[Encoding.UTF8.GetString(delivery.Frame.Body.Span)] = true;
                    return ValueTask.FromResult(Ack.Done);
                }, window: 16);
            await Task.WhenAny(link.Down, ended.Task);
        }
    }

    private async Task<ILink> ConnectAtLast(string node)
    {
        ILink? link = null;
        await Until(async () =>
        {
            try { link = await transport.Connect(new Caller(node, $"{Guid.NewGuid():N}")); }
            catch (TransportUnavailable) { } // the broker is starting
            return link is not null;
        });
        return link!;
    }

    private static Task Until(Func<bool> condition) =>
        Until(() => Task.FromResult(condition()));

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
            (await timer.WaitForNextTickAsync(patience.Token)).ShouldBeTrue();
    }
}
