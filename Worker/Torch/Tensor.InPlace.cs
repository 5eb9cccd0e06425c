namespace Mneme.Worker.Torch;

/// <summary>Operators that overwrite the tensor and return it.</summary>
public sealed partial class Tensor
{
    private static readonly Operator AddInPlaceOperator = new("aten::add_", "Tensor");
    private static readonly Operator SubInPlaceOperator = new("aten::sub_", "Tensor");
    private static readonly Operator MulInPlaceOperator = new("aten::mul_", "Tensor");
    private static readonly Operator DivInPlaceOperator = new("aten::div_", "Tensor");
    private static readonly Operator AddScalarInPlaceOperator = new("aten::add_", "Scalar");
    private static readonly Operator MulScalarInPlaceOperator = new("aten::mul_", "Scalar");
    private static readonly Operator AddCMulInPlaceOperator = new("aten::addcmul_");
    private static readonly Operator AddCDivInPlaceOperator = new("aten::addcdiv_");
    private static readonly Operator LerpInPlaceOperator = new("aten::lerp_", "Tensor");
    private static readonly Operator IndexCopyOperator = new("aten::index_copy_");

    public Tensor AddInPlace(Tensor other) => AddInPlaceOperator.CallInPlace(this, this, other);

    public Tensor SubInPlace(Tensor other) => SubInPlaceOperator.CallInPlace(this, this, other);

    public Tensor MulInPlace(Tensor other) => MulInPlaceOperator.CallInPlace(this, this, other);

    public Tensor DivInPlace(Tensor other) => DivInPlaceOperator.CallInPlace(this, this, other);

    public Tensor AddInPlace(Scalar other) =>
        AddScalarInPlaceOperator.CallInPlace(this, this, other);

    public Tensor MulInPlace(Scalar other) =>
        MulScalarInPlaceOperator.CallInPlace(this, this, other);

    /// <summary>this += value * first * second</summary>
    public Tensor AddCMulInPlace(Tensor first, Tensor second, double value = 1) =>
        AddCMulInPlaceOperator.CallInPlace(this, this, first, second, value);

    /// <summary>this += value * first / second</summary>
    public Tensor AddCDivInPlace(Tensor first, Tensor second, double value = 1) =>
        AddCDivInPlaceOperator.CallInPlace(this, this, first, second, value);

    /// <summary>this += weight * (end - this)</summary>
    public Tensor LerpInPlace(Tensor end, Tensor weight) =>
        LerpInPlaceOperator.CallInPlace(this, this, end, weight);

    /// <summary>Overwrites the listed slices along one dimension.</summary>
    public Tensor IndexCopyInPlace(long dimension, Tensor indices, Tensor source) =>
        IndexCopyOperator.CallInPlace(this, this, dimension, indices, source);
}
