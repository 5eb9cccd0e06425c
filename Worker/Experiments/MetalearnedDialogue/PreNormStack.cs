using Mneme.Worker.Nets;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>Layers of self-attention, attention to something else, and a feed-forward net, each
/// behind a norm and beside a connection around it; a norm at the end. As "The Annotated
/// Transformer" (Rush 2018) has them: the norm divides by the unbiased standard deviation plus
/// 1e-6; between the two linear maps is a leaky ReLU.</summary>
internal sealed class PreNormStack
{
    private const double Epsilon = 1e-6, Leak = .01;
    private static readonly Operator LeakyRelu = new("aten::leaky_relu");

    private readonly NamedWeights weights;
    private readonly string name;
    private readonly int layers, heads;
    private readonly bool isCausal;

    public PreNormStack(
        NamedWeights weights, string name, int layers, int width, int heads, int feedForward,
        bool isCausal)
    {
        (this.weights, this.name, this.layers) = (weights, name, layers);
        (this.heads, this.isCausal) = (heads, isCausal);
        for (var l = 0; l < layers; l++)
        {
            foreach (var part in new[] { "self", "cross" })
                foreach (var map in new[] { "query", "key", "value", "output" })
                    weights.AddLinear($"{name}{l}/{part}/{map}", width, width);
            weights.AddLinear($"{name}{l}/wide", width, feedForward);
            weights.AddLinear($"{name}{l}/narrow", feedForward, width);
            foreach (var part in new[] { "self", "cross", "wide" })
                AddNorm($"{name}{l}/{part}/norm", width);
        }
        AddNorm($"{name}/norm", width);
    }

    /// <param name="x">[lane, batch, time, width]</param>
    /// <param name="other">What it also attends to.   // [lane, batch, any, width]</param>
    /// <returns>[lane, batch, time, width]</returns>
    public Tensor Apply(Tensor x, Tensor other)
    {
        for (var l = 0; l < layers; l++)
        {
            var own = $"{name}{l}";
            var normed = Norm($"{own}/self/norm", x);
            x += Attend($"{own}/self", normed, normed, isCausal);
            x += Attend($"{own}/cross", Norm($"{own}/cross/norm", x), other, hidesFuture: false);
            var wide = weights.Linear($"{own}/wide", Norm($"{own}/wide/norm", x));
            x += weights.Linear($"{own}/narrow", LeakyRelu.Call(wide, Leak));
        }
        return Norm($"{name}/norm", x);
    }

    private Tensor Attend(string part, Tensor from, Tensor to, bool hidesFuture)
    {
        var (lanes, batch, time, width) = (from.Size(0), from.Size(1), from.Size(2), from.Size(3));
        var (q, k, v) = (Heads("query", from), Heads("key", to), Heads("value", to));
        var scores = q.Bmm(k.Transpose(1, 2)) * (1 / Math.Sqrt(width / heads));
        if (hidesFuture)
        {
            var place = Tensor.Arange(time, device: from.Device);
            scores = scores.MaskedFill(
                place.View(1, -1).Gt(place.View(-1, 1)), double.NegativeInfinity);
        }
        var mixed = scores.Softmax(-1).Bmm(v).View(lanes, batch, heads, time, -1).Transpose(2, 3)
            .Reshape(lanes, batch, time, width);
        return weights.Linear($"{part}/output", mixed);

        Tensor Heads(string map, Tensor x) => weights.Linear($"{part}/{map}", x)
            .View(lanes, batch, x.Size(2), heads, -1).Transpose(2, 3)
            .Reshape(lanes * batch * heads, x.Size(2), -1);
    }

    private void AddNorm(string norm, int width)
    {
        weights.AddFull($"{norm}/weight", [width], 1);
        weights.AddFull($"{norm}/bias", [width], 0);
    }

    private Tensor Norm(string norm, Tensor x)
    {
        var width = x.Size(3);
        var off = x - x.Mean([3], keepDimensions: true);
        var deviation = (off.Square().Sum([3], keepDimensions: true) * (1.0 / (width - 1))).Sqrt();
        return off / (deviation + Epsilon) * weights[$"{norm}/weight"].View(-1, 1, 1, width)
            + weights[$"{norm}/bias"].View(-1, 1, 1, width);
    }
}
