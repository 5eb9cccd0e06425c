using RabbitMQ.Client;

namespace Mneme.Transport.RabbitMq;

/// <summary>An address that can never be used, said before anything is sent to it.</summary>
public sealed class BrokerAddressUnusable(string why) : Exception(why);

/// <summary>Where a broker is, and as whom to go there.</summary>
internal sealed class BrokerAddress
{
    private readonly Uri uri;
    private readonly RabbitMqOptions options;

    /// <exception cref="BrokerAddressUnusable"/>
    public BrokerAddress(RabbitMqOptions options)
    {
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var read) ||
            read.Scheme is not ("amqp" or "amqps"))
            throw new BrokerAddressUnusable(
                "the broker's address must be amqp[s]://user:password@host:port/virtual-host");
        (uri, this.options) = (read, options);
        Check(uri.UserInfo.Split(':'));
        User = Uri.UnescapeDataString(uri.UserInfo.Split(':')[0]);
    }

    public string User { get; }

    public string Place => uri.IsDefaultPort || uri.Port < 0 ? uri.Host : $"{uri.Host}:{uri.Port}";

    /// <summary>The virtual host.</summary>
    public string Space =>
        uri.AbsolutePath is "" or "/" ? "/" : Uri.UnescapeDataString(uri.AbsolutePath[1..]);

    public bool IsEncrypted => uri.Scheme == "amqps";

    public ConnectionFactory Factory() => new()
    {
        Uri = uri,
        VirtualHost = Space,
        Ssl = IsEncrypted ? BrokerTrust.Of(uri.Host, options.CaFile) : new SslOption(),
        RequestedHeartbeat = options.Heartbeat,
        RequestedConnectionTimeout = TimeSpan.FromSeconds(10), // the caller tries again anyway
        AutomaticRecoveryEnabled = false, // a link never comes back: its mailbox is gone
        TopologyRecoveryEnabled = false,
        MaxInboundMessageBodySize = 4 * Frame.LimitBytes,
    };

    private void Check(string[] user)
    {
        if (user is not [not "", not ""])
            throw new BrokerAddressUnusable($"the address of the broker at {Place} needs a user " +
                "and a password: amqp[s]://user:password@host:port/virtual-host");
        if (uri.IsLoopback || options.AllowsPlain) return;
        if (!IsEncrypted)
            throw new BrokerAddressUnusable($"the broker at {Place} is another machine: " +
                "use amqps://, or allow unencrypted brokers expressly");
        if (user[0] == "guest")
            throw new BrokerAddressUnusable($"the broker at {Place} is another machine: " +
                "use a user of its own, not guest");
    }
}
