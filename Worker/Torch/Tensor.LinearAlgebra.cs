namespace Mneme.Worker.Torch;

/// <summary>Products. Programs of lanes use the batched ones: on the CPU each matrix of a batch
/// is then computed alone, so that lane k of K equals the lone lane bit for bit.</summary>
public sealed partial class Tensor
{
    private static readonly Operator MatMulOperator = new("aten::matmul");
    private static readonly Operator BmmOperator = new("aten::bmm");
    private static readonly Operator BAddBmmOperator = new("aten::baddbmm");

    public Tensor MatMul(Tensor other) => MatMulOperator.Call(this, other);

    /// <summary>[lane, n, k] x [lane, k, m] -> [lane, n, m]</summary>
    public Tensor Bmm(Tensor other) => BmmOperator.Call(this, other);

    /// <summary>this + first x second; this [lane, n, m] or what broadcasts to it.</summary>
    public Tensor BAddBmm(Tensor first, Tensor second) =>
        BAddBmmOperator.Call(this, first, second);
}
