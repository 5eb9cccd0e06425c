using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Nets;

/// <summary>A linear layer of every lane: <c>y = x Weight + Bias</c>.</summary>
/// <param name="Weight">[lane, in, out]</param>
/// <param name="Bias">[lane, 1, out], or null.</param>
/// <remarks>Weights are no leaves of the graph. Autograd gives the gradient of what a layer gave;
/// the optimiser multiplies the weights' own out while it updates them, so that a [lane, in, out]
/// gradient is never written: for small batches that is most of a step's memory traffic.</remarks>
internal sealed record Linear(Tensor Weight, Tensor? Bias)
{
    public IEnumerable<Tensor> Parameters => Bias is null ? [Weight] : [Weight, Bias];

    /// <param name="x">[lane, batch, in]</param>
    /// <param name="tape">Notes the use, when the layer is to learn from it.</param>
    /// <returns>[lane, batch, out]</returns>
    public Tensor Apply(Tensor x, LinearTape? tape = null)
    {
        var y = Bias is null ? x.Bmm(Weight) : Bias.BAddBmm(x, Weight);
        tape?.Note(this, x, y);
        return y;
    }
}

/// <summary>The uses of linear layers in one forward pass.</summary>
internal sealed class LinearTape
{
    private readonly List<(Linear Layer, Tensor X, Tensor Y)> uses = [];

    /// <summary>What the layers gave: ask autograd for the gradients of these.</summary>
    public IEnumerable<Tensor> Outputs => uses.Select(use => use.Y);

    public void Note(Linear layer, Tensor x, Tensor y) => uses.Add((layer, x.Detach(), y));

    /// <summary>Gradients of a layer's parameters, in their order.</summary>
    /// <param name="slopes">Gradients of <see cref="Outputs"/>, in their order.</param>
    public IEnumerable<Gradient> GradientsOf(Linear layer, ReadOnlyMemory<Tensor> slopes)
    {
        var own = Enumerable.Range(0, uses.Count).Where(i => uses[i].Layer == layer).ToList();
        var x = Joined([.. own.Select(i => uses[i].X)]);
        var delta = Joined([.. own.Select(i => slopes.Span[i])]);
        yield return Gradient.Outer(x, delta);
        if (layer.Bias is not null) yield return delta.Size(1) == 1 ? delta : delta.Sum([1], true);
    }

    /// <summary>Gradients of the parameters of some layers, multiplied out.</summary>
    /// <inheritdoc cref="GradientsOf"/>
    public Dictionary<Linear, Tensor[]> Multiplied(
        IEnumerable<Linear> layers, ReadOnlyMemory<Tensor> slopes) => layers.ToDictionary(
            layer => layer,
            layer => GradientsOf(layer, slopes).Select(g => g.Multiplied()).ToArray());

    // Uses of one layer add up, as samples of one batch do.
    private static Tensor Joined(Tensor[] parts) =>
        parts.Length == 1 ? parts[0] : Tensor.Cat(1, parts);
}
