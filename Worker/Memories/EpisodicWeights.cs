using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Memories;

/// <summary>Weights of memory neurons, one set per sample, written by gradient descent while the
/// experiment runs. Layer i reads <c>x</c> as <c>x Weight[i] + Bias[i]</c>.</summary>
/// <param name="Weight">By layer.   // [sample, in, memory]</param>
/// <param name="Bias">By layer.   // [sample, 1, memory]</param>
internal sealed record EpisodicWeights(Tensor[] Weight, Tensor[] Bias)
{
    public Tensor[] All { get; } = [.. Weight, .. Bias];

    /// <summary>The same values, as constants.</summary>
    public EpisodicWeights Detach() => Map(weights => weights.Detach());

    /// <summary>The same values, to be differentiated by.</summary>
    public EpisodicWeights Leaves() => Map(weights => weights.Detach().RequireGrad());

    /// <summary>Pre-activations of the memory neurons.   // [sample, 1, memory]</summary>
    /// <param name="input">[sample, 1, in]</param>
    public Tensor Read(int layer, Tensor input) => Bias[layer].BAddBmm(input, Weight[layer]);

    /// <summary>One step of gradient descent: the write.</summary>
    /// <param name="slopes">Gradients in the order of <see cref="All"/>.</param>
    public EpisodicWeights Descend(Tensor[] slopes, WriteStep step)
    {
        var written = All.Select((weights, i) => step.Apply(weights, slopes[i])).ToArray();
        return new EpisodicWeights(written[..Weight.Length], written[Weight.Length..]);
    }

    /// <summary>Makes these values the other's, where the mask says so, and zero
    /// elsewhere.</summary>
    /// <param name="where">[sample, 1, 1]</param>
    public void KeepFrom(EpisodicWeights other, Tensor where)
    {
        for (var i = 0; i < All.Length; i++)
            All[i].CopyFrom(Tensor.Where(where, other.All[i], All[i].ZerosLike()));
    }

    private EpisodicWeights Map(Func<Tensor, Tensor> change) =>
        new([.. Weight.Select(change)], [.. Bias.Select(change)]);
}

/// <summary>How far one write goes, per sample.</summary>
/// <param name="MinusRate">The learning rate, negated.   // [sample, 1, 1]</param>
/// <param name="Applies">Samples that make this step; null: all do.   // [sample, 1, 1]</param>
internal sealed record WriteStep(Tensor MinusRate, Tensor? Applies)
{
    /// <summary>The writes of one training step: as many as the lane with the most, the others' are
    /// selected away.</summary>
    public static WriteStep[] Of(Lanes lanes, LaneState state, int batch)
    {
        var rates = lanes.Each(lane => -(float)lane.Real("memory_learning_rate"));
        var rate = state.Hold(lanes.PerSample(rates, batch));
        var counts = lanes.Each(lane => lane.Integer("inner_steps"));
        return [.. Enumerable.Range(0, (int)counts.Max()).Select(i => new WriteStep(rate,
            counts.All(count => count > i) ? null
                : state.Hold(lanes.PerSample([.. counts.Select(count => count > i)], batch))))];
    }

    // A select, never a product with zero: 0 * NaN is NaN.
    public Tensor Apply(Tensor weights, Tensor slope)
    {
        var moved = weights.AddCMul(MinusRate, slope);
        return Applies is null ? moved : Tensor.Where(Applies, moved, weights);
    }
}
