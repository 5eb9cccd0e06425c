using Mneme.Worker.Torch;

namespace Mneme.Worker.Memories;

/// <summary>A net that is trained while it is used: its weights move against the gradient of how
/// badly it recalls what it is told, with momentum and decay ("Titans: Learning to Memorize at Test
/// Time", arXiv 2501.00663, equations 8 to 15). One net per sample. Nothing is assigned to a
/// parameter: every step gives new tensors of the graph, so that an outer loss reaches keys, values
/// and coefficients through the updates.</summary>
/// <param name="Weights">By layer; one layer is the linear memory.   // [sample, in, out]</param>
/// <param name="Surprise">By layer: the momentum S.   // [sample, in, out]</param>
/// <remarks>More layers have SiLU between them and a connection around all of them.</remarks>
internal sealed record SurpriseMemory(Tensor[] Weights, Tensor[] Surprise)
{
    private int Depth => Weights.Length;

    /// <summary>What the memory recalls.   // [sample, token, width]</summary>
    /// <param name="queries">[sample, token, width]</param>
    public Tensor Read(Tensor queries) => Run(queries).Output;

    /// <summary>By token and layer, the gradient of the inner loss with respect to the weights as
    /// they are now. Written out, and so differentiable itself.   // [sample, in, out]</summary>
    /// <param name="keys">[sample, token, width]</param>
    /// <param name="values">[sample, token, width]</param>
    public Tensor[][] Slopes(Tensor keys, Tensor values, InnerLoss loss)
    {
        var (sums, inputs, output) = Run(keys);
        var errors = new Tensor[Depth];                         // of what a layer gave
        errors[^1] = loss.Slope(output, values);
        for (var l = Depth - 1; l > 0; l--)
            errors[l - 1] = errors[l].Bmm(Weights[l].Transpose(1, 2)) * SiluSlope(sums[l - 1]);
        return [.. Enumerable.Range(0, (int)keys.Size(1)).Select(t => Enumerable.Range(0, Depth)
            .Select(l => inputs[l].Narrow(1, t, 1).Transpose(1, 2).Bmm(errors[l].Narrow(1, t, 1)))
            .ToArray())];
    }

    /// <summary><c>S = eta S - theta g, M = (1 - alpha) M + S</c> (equations 9, 10, 13).</summary>
    /// <param name="slopes">By layer.   // [sample, in, out]</param>
    public SurpriseMemory Advance(Tensor[] slopes, Coefficients now)
    {
        var surprise = Surprise.Zip(slopes, (s, g) => now.Eta * s - now.Theta * g).ToArray();
        return new SurpriseMemory(
            [.. Weights.Zip(surprise, (m, s) => now.Keep * m + s)], surprise);
    }

    /// <summary>The same values, from which no gradient flows back.</summary>
    public SurpriseMemory Detach() =>
        new([.. Weights.Select(m => m.Detach())], [.. Surprise.Select(s => s.Detach())]);

    private (Tensor[] Sums, Tensor[] Inputs, Tensor Output) Run(Tensor x)
    {
        var (sums, inputs) = (new Tensor[Depth], new Tensor[Depth]);
        for (var l = 0; l < Depth; l++)
        {
            inputs[l] = l == 0 ? x : sums[l - 1].Silu();
            sums[l] = inputs[l].Bmm(Weights[l]);
        }
        return (sums, inputs, Depth == 1 ? sums[0] : x + sums[^1]);
    }

    private static Tensor SiluSlope(Tensor x)
    {
        var gate = x.Sigmoid();
        return gate * (1.0 + x * (1.0 - gate));
    }
}

/// <summary>How a token moves a memory.   // [sample, 1, 1] each</summary>
/// <param name="Theta">The learning rate.</param>
/// <param name="Eta">How much of the last surprise is left.</param>
/// <param name="Keep">One minus alpha, the share that is forgotten.</param>
internal sealed record Coefficients(Tensor Theta, Tensor Eta, Tensor Keep);

/// <summary>What the memory is trained by inside, as the slope of what it recalls.</summary>
/// <param name="Slope">Of recalled and value.</param>
/// <param name="Of">The loss of each token.   // [sample, token]</param>
internal sealed record InnerLoss(
    Func<Tensor, Tensor, Tensor> Slope, Func<Tensor, Tensor, Tensor> Of)
{
    /// <exception cref="ArgumentException">No loss has this name.</exception>
    public static InnerLoss Named(string name) => name switch
    {
        "l2" => new((y, v) => (y - v) * 2.0, (y, v) => (y - v).Square().Sum(2)),
        "l2_mean" => new(
            (y, v) => (y - v) * (2.0 / y.Size(2)), (y, v) => (y - v).Square().Mean(2)),
        "l1" => new((y, v) => (y - v).Sign(), (y, v) => (y - v).Abs().Sum(2)),
        "l1_mean" => new(
            (y, v) => (y - v).Sign() * (1.0 / y.Size(2)), (y, v) => (y - v).Abs().Mean(2)),
        _ => throw new ArgumentException($"no inner loss is called '{name}'"),
    };
}
