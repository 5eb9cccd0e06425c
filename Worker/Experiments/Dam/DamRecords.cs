using System.Collections.Immutable;
using Mneme.Results;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>What a point of <see cref="Dam"/> records beside its columns: what the published log
/// holds for each position, and the sequences themselves where a phase begins.</summary>
internal static class DamRecords
{
    /// <param name="scores">On each lane's present set.   // [lane]</param>
    /// <param name="begins">Whether a phase begins here.</param>
    public static ImmutableArray<NamedArray> Of(
        Lanes lanes, DamData data, DamWeights weights, long[] phase, DamScore[] scores,
        bool begins)
    {
        var arrays = ImmutableArray.Create(
            NamedArray.Of<long>("phase", phase, lanes.Count),
            NamedArray.Of<long>("set", data.Present, lanes.Count),
            ByLane("accuracy_by_position", [.. scores.Select(score => score.ByPosition)]),
            ByLane("ceiling_by_position", lanes.Each((k, _) =>
                data.Ceilings(k, data.Present[k]).ByPosition)),
            ByLane("A_logits_mean", weights.QueryMeans),
            ByLane("B_logits_mean", weights.KeyMeans),
            ByLane("A_sharpness", weights.Sharpnesses),
            ByLane("A_correlation_offdiag_mean", weights.HeadCorrelations));
        return begins ? arrays.Add(Sequences(lanes, data)) : arrays;
    }

    private static NamedArray Sequences(Lanes lanes, DamData data) => NamedArray.Of<sbyte>(
        "sequences",
        [
            .. Enumerable.Range(0, lanes.Count).SelectMany(k =>
                data.Look(k, data.Present[k]).Bits.ToArray()).Select(bit => (sbyte)bit),
        ],
        lanes.Count, data.Look(0, data.Present[0]).Count, data.Length);

    // A diverged lane's NaN has always the same bytes.
    private static NamedArray ByLane(string name, double[][] values) => NamedArray.Of<float>(
        name, [.. values.SelectMany(row => row)
            .Select(value => double.IsNaN(value) ? float.NaN : (float)value)],
        values.Length, values[0].Length);
}
