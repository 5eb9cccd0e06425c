namespace Mneme.Transport.RabbitMq;

/// <summary>As whom a process speaks to the broker: its permissions, and so its ways.</summary>
public enum BrokerRole { Worker, Lighthouse, Coordinator }

/// <param name="Url">amqp[s]://user:password@host[:port]/virtual-host</param>
/// <param name="Role">Must fit the user's permissions.</param>
public sealed record RabbitMqOptions(string Url, BrokerRole Role)
{
    /// <summary>Authorities (PEM) that replace the system's, for amqps.</summary>
    public string? CaFile { get; init; }

    /// <summary>Password and frames may cross the network as they are. Not for strangers'
    /// networks.</summary>
    public bool AllowsPlain { get; init; }

    public BrokerLimits Limits { get; init; } = new();

    /// <summary>A side that heard nothing for about twice this time gives the other up.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A send without an answer for so long has an unknown end.</summary>
    public TimeSpan AnswerWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A broker that takes no frames for so long (its alarm of memory or disk) is as
    /// good as lost.</summary>
    public TimeSpan BlockedWait { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{Role} at {new Uri(Url).Host}";
}
