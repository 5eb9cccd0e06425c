using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Mneme.Transport.RabbitMq;

/// <summary>Frames on their way to the broker, in the order of the calls.</summary>
internal sealed class Publisher(IChannel channel, RabbitMqOptions options, string user)
{
    private const int MostUnanswered = 10_000;

    private readonly Lock gate = new();
    private int unanswered;

    /// <summary>The client's own limit of open frames would let them overtake each other.
    /// </summary>
    public static CreateChannelOptions Channel { get; } = new(
        publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true,
        outstandingPublisherConfirmationsRateLimiter: null);

    public async ValueTask<Sent> Send(Route to, Frame frame)
    {
        if (!Envelope.Fits(frame)) return Sent.Refused;
        if (to is Route.Mailbox { Box.Length: > Envelope.LongestName }) return Sent.Returned;
        if (Interlocked.Increment(ref unanswered) > MostUnanswered)
        {
            Interlocked.Decrement(ref unanswered);
            return Sent.Refused;
        }
        return await Answer(Begin(to, frame));
    }

    private async Task<Sent> Answer(Task publishing)
    {
        try
        {
            await publishing.WaitAsync(options.AnswerWait);
            return Sent.Accepted;
        }
        catch (PublishException answer)
        {
            return answer.IsReturn ? Sent.Returned : Sent.Refused;
        }
        catch (Exception) // the link ended, or no answer came
        {
            return Sent.Unknown;
        }
        finally
        {
            Interlocked.Decrement(ref unanswered);
        }
    }

    // The lock keeps the order: a call queues its frame before it returns. No token is given, for a
    // cancelled publish would put the client's numbers out of step with the broker's.
    private Task Begin(Route to, Frame frame)
    {
        var (exchange, key) = Address(to);
        var properties = Envelope.Seal(frame, user, isKept: to is Route.Queue);
        var body = frame.Body.ToArray();
        lock (gate)
            return channel.BasicPublishAsync(
                exchange, key, mandatory: to is not Route.Fanout, properties, body,
                CancellationToken.None).AsTask();
    }

    // Only coordinators may write to the default exchange, through which all queues are reached.
    private (string Exchange, string Key) Address(Route to) => to switch
    {
        Route.Queue => (Topology.ToCoordinator, Topology.In),
        Route.Mailbox mailbox when options.Role == BrokerRole.Coordinator => ("", mailbox.Box),
        Route.Mailbox mailbox => (Topology.ToCoordinator, mailbox.Box),
        _ => (Topology.View, ""),
    };
}
