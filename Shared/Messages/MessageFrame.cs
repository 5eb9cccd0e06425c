using System.Collections.Immutable;
using System.Text.Json;
using Mneme.Transport;

namespace Mneme.Messages;

/// <summary>Messages in frames, with the mailbox to answer to on the envelope.</summary>
public static class MessageFrame
{
    private const string BoxHeader = "box";

    public static Frame Of(Message message, string box) => new(
        MessageCodec.Encode(message),
        ImmutableSortedDictionary<string, string>.Empty.Add(BoxHeader, box));

    /// <summary>Null when the frame is of a kind that this version does not know.</summary>
    /// <exception cref="JsonException">The frame is no message, or nobody sent it.</exception>
    public static Letter? Open(Frame frame)
    {
        if (!frame.Headers.TryGetValue(BoxHeader, out var box))
            throw new JsonException("the frame does not say from whom it is");
        return MessageCodec.Decode(frame.Body.Span) is { } message
            ? new Letter(message, box)
            : null;
    }
}

/// <param name="Box">The sender's mailbox.</param>
public sealed record Letter(Message Message, string Box);
