using System.Text;
using System.Threading.Channels;
using RabbitMQ.Client;

namespace Mneme.Transport.RabbitMq;

/// <summary>What comes to a link: frames, and for coordinators the broker's news.</summary>
internal sealed class Mailbox(
    IChannel channel, ChannelWriter<Frame> inbox, ChannelWriter<string> departures,
    Action<string> fail) : AsyncDefaultBasicConsumer(channel)
{
    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange,
        string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        if (exchange == Topology.Events) Hear(properties.Headers);
        else inbox.TryWrite(Envelope.Open(properties, body));
        return Task.CompletedTask;
    }

    public override Task HandleBasicCancelAsync(
        string consumerTag, CancellationToken cancellationToken = default)
    {
        fail("the broker took the mailbox away");
        return Task.CompletedTask;
    }

    // A link names its connection after its mailbox.
    private void Hear(IDictionary<string, object?>? news)
    {
        if (news is null || !news.TryGetValue("user_provided_name", out var name)) return;
        var box = name is byte[] bytes ? Encoding.UTF8.GetString(bytes) : "";
        if (box.StartsWith("node.", StringComparison.Ordinal)) departures.TryWrite(box);
    }
}
