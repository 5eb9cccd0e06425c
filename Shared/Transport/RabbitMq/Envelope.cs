using System.Collections.Immutable;
using System.Text;
using RabbitMQ.Client;

namespace Mneme.Transport.RabbitMq;

/// <summary>A frame as the broker's message, and back.</summary>
internal static class Envelope
{
    public const int LongestName = 255; // bytes of AMQP's short string
    private const int MostHeaderBytes = 64 * 1024; // the headers must fit into one AMQP frame

    public static bool Fits(Frame frame) =>
        frame.Bytes <= Frame.LimitBytes && frame.Bytes - frame.Body.Length <= MostHeaderBytes &&
        frame.Headers.Keys.All(key => key.Length <= LongestName);

    public static BasicProperties Seal(Frame frame, string user, bool isKept) => new()
    {
        UserId = user, // the broker refuses a false one
        DeliveryMode = isKept ? DeliveryModes.Persistent : DeliveryModes.Transient,
        Headers = frame.Headers.ToDictionary(pair => pair.Key, pair => (object?)pair.Value),
    };

    /// <summary>The body is copied: the client uses its buffer again.</summary>
    public static Frame Open(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body) =>
        new(body.ToArray(), Texts(properties.Headers));

    // Client and broker add headers of their own, which are numbers and lists.
    private static ImmutableSortedDictionary<string, string>? Texts(
        IDictionary<string, object?>? headers) => headers?
            .Where(pair => pair.Value is byte[])
            .ToImmutableSortedDictionary(
                pair => pair.Key, pair => Encoding.UTF8.GetString((byte[])pair.Value!));
}
