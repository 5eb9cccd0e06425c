namespace Mneme.Transport;

/// <summary>
/// The bounds of the broker's objects; the defaults are those that RabbitMQ gets.
/// </summary>
public sealed record BrokerLimits
{
    public int QueueLength { get; init; } = 100_000;
    public TimeSpan QueueTimeToLive { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Deliveries of one frame, after which it is poison.</summary>
    public int Deliveries { get; init; } = 20;

    /// <summary>Frames in a mailbox; the oldest goes first.</summary>
    public int BoxLength { get; init; } = 20_000;

    /// <summary>How long the broker believes in a link that says nothing.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(26);
}
