using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Mneme.Messages;

public enum LaneStatus { Healthy = 0, Diverged = 1 }

/// <summary>One lane's share of a commit.</summary>
/// <param name="Path">The path that the lane advances.</param>
/// <param name="DivergedAt">The first step whose loss was not finite, or null.</param>
/// <param name="Chain">Rolling SHA-256 over the trial's points from step 0 on; cuts leave no trace
/// in it.</param>
public sealed record LaneResult(
    int Path, long? DivergedAt, string Chain, PackedPoints Points)
{
    [JsonIgnore]
    public LaneStatus Status =>
        DivergedAt is null ? LaneStatus.Healthy : LaneStatus.Diverged;
}

/// <summary>Points packed by column, little-endian: <c>steps</c> int64 [points], <c>values</c>
/// float64 [measures, points].</summary>
public sealed record PackedPoints(byte[] Steps, byte[] Values)
{
    public static PackedPoints Empty { get; } = new([], []);

    public static PackedPoints Of(IReadOnlyList<long> steps, IReadOnlyList<double[]> points)
    {
        var measures = points.Count == 0 ? 0 : points[0].Length;
        var values = new double[measures * points.Count];
        for (var m = 0; m < measures; m++)
            for (var p = 0; p < points.Count; p++) values[m * points.Count + p] = points[p][m];
        return new PackedPoints(
            MemoryMarshal.AsBytes<long>(steps.ToArray()).ToArray(),
            MemoryMarshal.AsBytes<double>(values).ToArray());
    }

    [JsonIgnore] public int Count => Steps.Length / sizeof(long);

    /// <summary>Values of a point; null without points.</summary>
    [JsonIgnore] public int? Measures => Count == 0 ? null : Values.Length / sizeof(double) / Count;

    public ReadOnlySpan<long> StepNumbers() => MemoryMarshal.Cast<byte, long>(Steps);

    /// <summary>The values of one measure, [points].</summary>
    public ReadOnlySpan<double> Column(int measure) =>
        MemoryMarshal.Cast<byte, double>(Values).Slice(measure * Count, Count);
}
