using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Mneme.Messages;

/// <summary>Messages as UTF-8 JSON: <c>{"v":1,"kind":"beat","body":{...}}</c>. The kinds are a
/// closed table of stable words; no type name crosses the wire. Unknown fields are ignored, unknown
/// kinds are not decoded.</summary>
public static class MessageCodec
{
    public const int Version = 1;

    /// <summary>What coordinator and worker expect of each other; a Hello says it.</summary>
    public const int Protocol = 2;

    private static readonly FrozenDictionary<string, JsonTypeInfo> ByKind =
        new Dictionary<string, JsonTypeInfo>
        {
            ["hello"] = MessageJson.Default.Hello,
            ["welcome"] = MessageJson.Default.Welcome,
            ["refuse"] = MessageJson.Default.Refuse,
            ["beat"] = MessageJson.Default.Beat,
            ["beat-ack"] = MessageJson.Default.BeatAck,
            ["assign"] = MessageJson.Default.Assign,
            ["progress"] = MessageJson.Default.Progress,
            ["commit"] = MessageJson.Default.Commit,
            ["commit-reply"] = MessageJson.Default.CommitReply,
            ["failed"] = MessageJson.Default.Failed,
            ["release"] = MessageJson.Default.Release,
            ["control"] = MessageJson.Default.Control,
            ["announce"] = MessageJson.Default.Announce,
            ["draining"] = MessageJson.Default.Draining,
            ["view"] = MessageJson.Default.View,
            ["bye"] = MessageJson.Default.Bye,
        }.ToFrozenDictionary();

    private static readonly FrozenDictionary<Type, string> KindOf =
        ByKind.ToFrozenDictionary(pair => pair.Value.Type, pair => pair.Key);

    public static IEnumerable<string> Kinds => ByKind.Keys.Order(StringComparer.Ordinal);

    public static byte[] Encode(Message message)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            var kind = KindOf[message.GetType()];
            json.WriteStartObject();
            json.WriteNumber("v", Version);
            json.WriteString("kind", kind);
            json.WritePropertyName("body");
            JsonSerializer.Serialize(json, message, ByKind[kind]);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    /// <summary>Null when the kind is unknown; throws <see cref="JsonException"/> when the bytes
    /// are no message of this version.</summary>
    public static Message? Decode(ReadOnlySpan<byte> frame)
    {
        var reader = new Utf8JsonReader(frame);
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        if (!Part(root, "v", JsonValueKind.Number).TryGetInt32(out var version)
            || version != Version)
            throw new JsonException($"not a frame of protocol version {Version}");
        var kind = Part(root, "kind", JsonValueKind.String).GetString()!;
        return ByKind.TryGetValue(kind, out var type)
            ? (Message?)Part(root, "body", JsonValueKind.Object).Deserialize(type)
            : null;
    }

    // A frame may be any JSON at all.
    private static JsonElement Part(JsonElement of, string name, JsonValueKind kind) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var part)
        && part.ValueKind == kind
            ? part
            : throw new JsonException($"the frame's '{name}' is missing or no {kind}");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 64)]
[JsonSerializable(typeof(Hello))]
[JsonSerializable(typeof(Welcome))]
[JsonSerializable(typeof(Refuse))]
[JsonSerializable(typeof(Beat))]
[JsonSerializable(typeof(BeatAck))]
[JsonSerializable(typeof(Assign))]
[JsonSerializable(typeof(Progress))]
[JsonSerializable(typeof(Commit))]
[JsonSerializable(typeof(CommitReply))]
[JsonSerializable(typeof(Failed))]
[JsonSerializable(typeof(Release))]
[JsonSerializable(typeof(Control))]
[JsonSerializable(typeof(Announce))]
[JsonSerializable(typeof(Draining))]
[JsonSerializable(typeof(View))]
[JsonSerializable(typeof(Bye))]
[JsonSerializable(typeof(LaneResult[]))]
internal sealed partial class MessageJson : JsonSerializerContext;

/// <summary>Results of a commit that are too large for a frame, as a blob holds them.</summary>
public static class LaneResults
{
    public static byte[] Encode(IEnumerable<LaneResult> lanes) =>
        JsonSerializer.SerializeToUtf8Bytes([.. lanes], MessageJson.Default.LaneResultArray);

    /// <summary>Throws <see cref="JsonException"/> when the bytes are no results.</summary>
    public static LaneResult[] Decode(ReadOnlySpan<byte> blob) =>
        JsonSerializer.Deserialize(blob, MessageJson.Default.LaneResultArray)
        ?? throw new JsonException("the results of a commit are empty");
}
