using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mneme.Messages;

/// <summary>The view as HTTP shows it and a lighthouse keeps it.</summary>
public static class ClusterViewCodec
{
    public static byte[] Encode(ClusterView view) =>
        JsonSerializer.SerializeToUtf8Bytes(view, ClusterViewJson.Default.ClusterView);

    public static byte[] Encode(LeaderView leader) =>
        JsonSerializer.SerializeToUtf8Bytes(leader, ClusterViewJson.Default.LeaderView);

    public static byte[] EncodeWorkers(ClusterView view) =>
        JsonSerializer.SerializeToUtf8Bytes(
            [.. view.Workers], ClusterViewJson.Default.WorkerViewArray);

    /// <exception cref="JsonException">The bytes are no leader.</exception>
    public static LeaderView DecodeLeader(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, ClusterViewJson.Default.LeaderView)
        ?? throw new JsonException("there is no leader in it");

    /// <exception cref="JsonException">The bytes are no workers.</exception>
    public static WorkerView[] DecodeWorkers(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, ClusterViewJson.Default.WorkerViewArray) ?? [];

    /// <exception cref="JsonException">The bytes are no view.</exception>
    public static ClusterView Decode(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, ClusterViewJson.Default.ClusterView) is { } view
        && IsWhole(view)
            ? view
            : throw new JsonException("the view is not whole");

    /// <summary>Nothing that must be there is missing: what came over a wire may be anything.
    /// </summary>
    public static bool IsWhole(ClusterView? view) =>
        view is { Leader: { Node: not null, Url: not null }, Workers.IsDefault: false,
            Experiments.IsDefault: false }
        && view.Workers.All(worker => worker is { Node: not null, State: not null,
            Held.IsDefault: false })
        && view.Experiments.All(one => one is { Name: not null, State: not null });
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 64)]
[JsonSerializable(typeof(ClusterView))]
[JsonSerializable(typeof(LeaderView))]
[JsonSerializable(typeof(WorkerView[]))]
internal sealed partial class ClusterViewJson : JsonSerializerContext;
