using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Mneme.Transport.RabbitMq;

/// <summary>The broker's objects. Coordinators declare what is common, everyone its own
/// mailbox.</summary>
internal sealed class Topology(RabbitMqOptions options)
{
    public const string ToCoordinator = "to.coordinator";
    public const string In = "in";
    public const string Queue = "coordinator";
    public const string Dead = "coordinator.dead";
    public const string View = "view";

    /// <summary>Of an optional plugin: what happens in the broker, as messages.</summary>
    public const string Events = "amq.rabbitmq.event";

    private const int DeadLength = 10_000;
    private const int OthersBoxLength = 1_000;
    private const int LeadersBoxSeconds = 15; // beats and progress: older ones say nothing

    private bool IsCoordinator => options.Role == BrokerRole.Coordinator;

    public int BoxLength => IsCoordinator
        ? options.Limits.BoxLength
        : Math.Min(options.Limits.BoxLength, OthersBoxLength);

    public async Task Prepare(
        IConnection connection, IChannel channel, string box, bool hearsView,
        CancellationToken cancel)
    {
        if (IsCoordinator) await DeclareWhatIsCommon(channel, cancel);
        else await channel.ExchangeDeclarePassiveAsync(ToCoordinator, cancel);
        await channel.QueueDeclareAsync(
            box, durable: false, exclusive: true, autoDelete: true, Box(),
            cancellationToken: cancel);
        if (hearsView)
            await channel.QueueBindAsync(box, View, "", cancellationToken: cancel);
        if (!IsCoordinator) return;
        await channel.QueueBindAsync(box, ToCoordinator, box, cancellationToken: cancel);
        if (await HasEvents(connection, cancel))
            await channel.QueueBindAsync(
                box, Events, "connection.closed", cancellationToken: cancel);
    }

    private async Task DeclareWhatIsCommon(IChannel channel, CancellationToken cancel)
    {
        await channel.ExchangeDeclareAsync(
            ToCoordinator, ExchangeType.Direct, durable: true, cancellationToken: cancel);
        await channel.ExchangeDeclareAsync(
            View, ExchangeType.Fanout, durable: true, cancellationToken: cancel);
        await Declare(channel, Dead, DeadLetters, cancel);
        await Declare(channel, Queue, Frames(), cancel);
        await channel.QueueBindAsync(Queue, ToCoordinator, In, cancellationToken: cancel);
    }

    private static Task<QueueDeclareOk> Declare(
        IChannel channel, string name, Dictionary<string, object?> arguments,
        CancellationToken cancel) => channel.QueueDeclareAsync(
            name, durable: true, exclusive: false, autoDelete: false, arguments,
            cancellationToken: cancel);

    private Dictionary<string, object?> Frames() => new()
    {
        ["x-queue-type"] = "quorum",
        ["x-single-active-consumer"] = true,
        ["x-message-ttl"] = (long)options.Limits.QueueTimeToLive.TotalMilliseconds,
        ["x-max-length"] = (long)options.Limits.QueueLength,
        ["x-overflow"] = "reject-publish",
        ["x-delivery-limit"] = (long)options.Limits.Deliveries,
        ["x-dead-letter-exchange"] = "",
        ["x-dead-letter-routing-key"] = Dead,
    };

    private static Dictionary<string, object?> DeadLetters => new()
    {
        ["x-queue-type"] = "quorum",
        ["x-max-length"] = (long)DeadLength,
    };

    private Dictionary<string, object?> Box()
    {
        var arguments = new Dictionary<string, object?> { ["x-max-length"] = (long)BoxLength };
        if (IsCoordinator) arguments["x-message-ttl"] = LeadersBoxSeconds * 1_000L;
        return arguments;
    }

    // Asking for what is not there costs the channel.
    private static async Task<bool> HasEvents(IConnection connection, CancellationToken cancel)
    {
        await using var probe = await connection.CreateChannelAsync(cancellationToken: cancel);
        try
        {
            await probe.ExchangeDeclarePassiveAsync(Events, cancel);
            return true;
        }
        catch (OperationInterruptedException e)
            when (e.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return false;
        }
    }
}
