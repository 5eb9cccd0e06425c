using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Mneme.Journal;

/// <summary>Events as JSON under stable kinds, as the journal's rows hold them.</summary>
public static class EventCodec
{
    private static readonly FrozenDictionary<string, JsonTypeInfo> ByKind =
        new Dictionary<string, JsonTypeInfo>
        {
            ["experiment-submitted"] = EventJson.Default.ExperimentSubmitted,
            ["segment-granted"] = EventJson.Default.SegmentGranted,
            ["segment-committed"] = EventJson.Default.SegmentCommitted,
            ["segment-ready"] = EventJson.Default.SegmentReady,
            ["segment-returned"] = EventJson.Default.SegmentReturned,
            ["segment-quarantined"] = EventJson.Default.SegmentQuarantined,
            ["numerics-bound"] = EventJson.Default.NumericsBound,
            ["experiment-held"] = EventJson.Default.ExperimentHeld,
            ["experiment-resumed"] = EventJson.Default.ExperimentResumed,
            ["experiment-cancelled"] = EventJson.Default.ExperimentCancelled,
            ["segment-retried"] = EventJson.Default.SegmentRetried,
            ["epochs-raised"] = EventJson.Default.EpochsRaised,
            ["operator-acted"] = EventJson.Default.OperatorActed,
            ["experiment-completed"] = EventJson.Default.ExperimentCompleted,
        }.ToFrozenDictionary();

    private static readonly FrozenDictionary<Type, string> KindOf =
        ByKind.ToFrozenDictionary(pair => pair.Value.Type, pair => pair.Key);

    public static IEnumerable<string> Kinds => ByKind.Keys.Order(StringComparer.Ordinal);

    public static (string Kind, string Payload) Encode(ExperimentEvent happened)
    {
        var kind = KindOf[happened.GetType()];
        return (kind, JsonSerializer.Serialize(happened, ByKind[kind]));
    }

    /// <summary>Throws <see cref="JsonException"/> for a kind that a later version wrote.</summary>
    public static ExperimentEvent Decode(string kind, string payload) =>
        ByKind.TryGetValue(kind, out var type)
            ? (ExperimentEvent)JsonSerializer.Deserialize(payload, type)!
            : throw new JsonException(
                $"the journal holds an event '{kind}' that this version does not know");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ExperimentSubmitted))]
[JsonSerializable(typeof(SegmentGranted))]
[JsonSerializable(typeof(SegmentCommitted))]
[JsonSerializable(typeof(SegmentReady))]
[JsonSerializable(typeof(SegmentReturned))]
[JsonSerializable(typeof(SegmentQuarantined))]
[JsonSerializable(typeof(NumericsBound))]
[JsonSerializable(typeof(ExperimentHeld))]
[JsonSerializable(typeof(ExperimentResumed))]
[JsonSerializable(typeof(ExperimentCancelled))]
[JsonSerializable(typeof(SegmentRetried))]
[JsonSerializable(typeof(EpochsRaised))]
[JsonSerializable(typeof(OperatorActed))]
[JsonSerializable(typeof(ExperimentCompleted))]
internal sealed partial class EventJson : JsonSerializerContext;
