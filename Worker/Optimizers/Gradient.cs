using Mneme.Worker.Torch;

namespace Mneme.Worker.Optimizers;

/// <summary>
/// The gradient of one parameter: a tensor of its shape, or the two factors of a linear layer's,
/// which the optimiser multiplies out while it reads them. A layer <c>y = x W</c> with x
/// [lane, batch, in] has the gradient <c>sum over batch of x (outer) dL/dy</c>: for small batches
/// that is far less to write and to read than [lane, in, out].
/// </summary>
public readonly struct Gradient
{
    private Gradient(Tensor? whole, Tensor? x, Tensor? delta) =>
        (Whole, X, Delta) = (whole, x, delta);

    internal Tensor? Whole { get; }

    internal Tensor? X { get; }

    internal Tensor? Delta { get; }

    /// <summary>The gradient of W [lane, in, out] in <c>y = x W</c>.</summary>
    /// <param name="x">What the layer read: [lane, batch, in].</param>
    /// <param name="delta">The gradient of what it gave: [lane, batch, out].</param>
    public static Gradient Outer(Tensor x, Tensor delta) => new(null, x, delta);

    public static implicit operator Gradient(Tensor whole) => new(whole, null, null);

    /// <summary>The gradient as one tensor.</summary>
    public Tensor Multiplied() => Whole ?? X!.Transpose(1, 2).Bmm(Delta!);
}
