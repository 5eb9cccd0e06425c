using Mneme.Worker.Torch;

namespace Mneme.Worker.Memories;

/// <summary>A small feed-forward net whose weights are the memory, one net per sample: what a key
/// gives when it is sent through them is what was stored under it (Munkhdalai et al. 2019, arXiv
/// 1907.09720). It has no biases, and its last layer is linear.</summary>
/// <param name="Weights">By layer; a row vector is multiplied from the left.   // [sample, in,
/// out]</param>
/// <param name="Squash">What follows every layer but the last.</param>
internal sealed record NeuralMemory(Tensor[] Weights, Squash Squash)
{
    public int Depth => Weights.Length;

    /// <summary>What every layer gives, the keys themselves first.   // [sample, head,
    /// width]</summary>
    public Tensor[] Activations(Tensor keys)
    {
        var z = new Tensor[Depth + 1];
        z[0] = keys;
        for (var l = 1; l <= Depth; l++)
        {
            var sum = z[l - 1].Bmm(Weights[l - 1]);
            z[l] = l == Depth ? sum : Squash.Of(sum);
        }
        return z;
    }

    /// <summary>What is stored under the keys.   // [sample, head, out]</summary>
    public Tensor Read(Tensor keys) => Activations(keys)[^1];

    /// <summary>The learned local rule (MNM-p): every layer is moved at once, so that for the keys
    /// it would give its target, <c>M^l -= rate (z^l - target^l) z^(l-1)^T</c>.</summary>
    /// <param name="z">What <see cref="Activations"/> gave for the keys.</param>
    /// <param name="targets">By layer.   // [sample, head, out]</param>
    /// <param name="rates">By layer.   // [sample, 1, 1]</param>
    public NeuralMemory Write(Tensor[] z, Tensor[] targets, Tensor[] rates) => Moved(
        z, rates, l => z[l + 1] - targets[l]);

    /// <summary>The gradient rule (MNM-g): a step down the squared error of what the keys give,
    /// <c>M -= rate dM sum (f(key) - value)^2</c>. Written out, so that it can be derived again.
    /// </summary>
    /// <param name="values">What should be stored.   // [sample, head, out]</param>
    /// <inheritdoc cref="Write"/>
    public NeuralMemory Descend(Tensor[] z, Tensor values, Tensor[] rates)
    {
        var slopes = new Tensor[Depth];
        slopes[^1] = (z[^1] - values) * 2.0;
        for (var l = Depth - 1; l > 0; l--)
            slopes[l - 1] = slopes[l].Bmm(Weights[l].Transpose(1, 2)) * Squash.Slope(z[l]);
        return Moved(z, rates, l => slopes[l]);
    }

    private NeuralMemory Moved(Tensor[] z, Tensor[] rates, Func<int, Tensor> slope) => this with
    {
        Weights = [.. Weights.Select((weight, l) => weight.BAddBmm(
            (z[l] * -rates[l]).Transpose(1, 2), slope(l)))],    // + [sample, in, out]
    };
}

/// <summary>A squashing function, and its slope as a function of what it gave.</summary>
internal sealed record Squash(Func<Tensor, Tensor> Of, Func<Tensor, Tensor> Slope)
{
    public static Squash Tanh { get; } = new(x => x.Tanh(), y => 1.0 - y.Square());

    public static Squash Sigmoid { get; } = new(x => x.Sigmoid(), y => y * (1.0 - y));

    /// <exception cref="ArgumentException">It has no such name.</exception>
    public static Squash Named(string name) => name switch
    {
        "tanh" => Tanh,
        "sigmoid" => Sigmoid,
        _ => throw new ArgumentException($"no squashing function is called '{name}'"),
    };
}
