using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>How a net does on some sequences of a lane's set.</summary>
/// <param name="Ranks">Which sequences.</param>
/// <param name="Loss">Mean over positions, in nats for a bit.</param>
/// <param name="Hits">Share of right bits.</param>
internal sealed record SetReading(int Set, int[] Ranks, float[] Loss, float[] Hits);

/// <summary>Shows nets every so many sequences of a set, each once, without learning.</summary>
internal sealed class SequenceEvaluation(
    Lanes lanes, SequenceData data, SequenceParameters parameters, SequenceLearning learning)
{
    private readonly int stride = lanes.Size("eval_stride");
    private readonly int length = lanes.Size("sequence_length");

    /// <summary>Which sequences of a set are shown.</summary>
    public int[] Ranks(SequenceSource source) =>
        [.. Enumerable.Range(0, (source.Bits.Count + stride - 1) / stride).Select(i => i * stride)];

    /// <summary>Reads a set with the lanes as they are.</summary>
    /// <param name="isWanted">By lane.</param>
    /// <returns>By lane; null where it is not wanted.</returns>
    public SetReading?[] Read(int set, bool[] isWanted)
    {
        var sizes = lanes.Each((k, _) => data.Set(k, set).Bits.Count).Distinct().Count();
        if (sizes > 1 || isWanted.Contains(false))
            return lanes.Each((k, _) => isWanted[k]
                ? ReadLane(k, set, name => parameters[name].Narrow(0, k, 1))
                : null);
        var ranks = Ranks(data.Set(0, set));
        var (loss, hits) = learning.Judge(
            name => parameters[name], Batch(set, ranks, [.. Enumerable.Range(0, lanes.Count)]));
        return lanes.Each((k, _) =>
        {
            var own = (k * ranks.Length)..((k + 1) * ranks.Length);
            return new SetReading(set, ranks, loss[own], hits[own]);
        });
    }

    /// <summary>Reads a lane's set with other parameters.   // [1, ...]</summary>
    public SetReading ReadLane(int lane, int set, Func<string, Tensor> weights)
    {
        using var scope = new TensorScope();
        var ranks = Ranks(data.Set(lane, set));
        var (loss, hits) = learning.Judge(weights, Batch(set, ranks, [lane]));
        return new SetReading(set, ranks, loss, hits);
    }

    private SequenceBatch Batch(int set, int[] ranks, int[] of)
    {
        var bits = new byte[of.Length * ranks.Length * length];
        for (var i = 0; i < of.Length * ranks.Length; i++)
            data.Set(of[i / ranks.Length], set).Bits[ranks[i % ranks.Length]]
                .CopyTo(bits.AsSpan(i * length));
        return new SequenceBatch(bits, of.Length, length, lanes.Device);
    }
}
