using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Mneme.Transport;

namespace Mneme.Messages;

/// <summary>Messages in frames; the envelope says from whom they are.</summary>
public static class MessageFrame
{
    private const string BoxHeader = "box";
    private const string SessionHeader = "session";
    private const string EpochHeader = "leader-epoch";

    public static Frame Of(Message message, Sender from)
    {
        var headers = ImmutableSortedDictionary.CreateBuilder<string, string>();
        headers[BoxHeader] = from.Box;
        if (from.Session is { } session) headers[SessionHeader] = session;
        if (from.LeaderEpoch is { } epoch)
            headers[EpochHeader] = epoch.ToString(CultureInfo.InvariantCulture);
        return new Frame(MessageCodec.Encode(message), headers.ToImmutable());
    }

    /// <summary>Null when the frame is of a kind that this version does not know.</summary>
    /// <exception cref="JsonException">The frame is no message, or nobody sent it.</exception>
    public static Letter? Open(Frame frame)
    {
        if (!frame.Headers.TryGetValue(BoxHeader, out var box))
            throw new JsonException("the frame does not say from whom it is");
        var from = new Sender(box, frame.Headers.GetValueOrDefault(SessionHeader), Epoch(frame));
        if (MessageCodec.Decode(frame.Body.Span) is not { } message) return null;
        return MessageCheck.IsWhole(message)
            ? new Letter(message, from)
            : throw new JsonException($"a part of the {message.GetType().Name} is missing");
    }

    private static long? Epoch(Frame frame) =>
        frame.Headers.TryGetValue(EpochHeader, out var text)
        && long.TryParse(text, CultureInfo.InvariantCulture, out var epoch) ? epoch : null;
}

/// <param name="Box">The sender's mailbox.</param>
/// <param name="Session">A worker's secret, once a Welcome gave it one.</param>
/// <param name="LeaderEpoch">Under which a coordinator speaks; the highest that a worker heard.
/// </param>
public sealed record Sender(string Box, string? Session = null, long? LeaderEpoch = null);

public sealed record Letter(Message Message, Sender From);
