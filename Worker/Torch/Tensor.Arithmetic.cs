using System.Diagnostics.CodeAnalysis;

namespace Mneme.Worker.Torch;

[SuppressMessage(
    "Usage", "CA2225", Justification = "Add, Sub, Mul, Div, Neg are PyTorch's names")]
public sealed partial class Tensor
{
    private static readonly Operator AddOperator = new("aten::add", "Tensor");
    private static readonly Operator AddScalarOperator = new("aten::add", "Scalar");
    private static readonly Operator SubOperator = new("aten::sub", "Tensor");
    private static readonly Operator SubScalarOperator = new("aten::sub", "Scalar");
    private static readonly Operator RsubOperator = new("aten::rsub", "Scalar");
    private static readonly Operator MulOperator = new("aten::mul", "Tensor");
    private static readonly Operator MulScalarOperator = new("aten::mul", "Scalar");
    private static readonly Operator DivOperator = new("aten::div", "Tensor");
    private static readonly Operator DivScalarOperator = new("aten::div", "Scalar");
    private static readonly Operator NegOperator = new("aten::neg");
    private static readonly Operator AddCMulOperator = new("aten::addcmul");
    private static readonly Operator LerpOperator = new("aten::lerp", "Tensor");
    private static readonly Operator PowOperator = new("aten::pow", "Tensor_Scalar");

    public Tensor Add(Tensor other) => AddOperator.Call(this, other);

    public Tensor Sub(Tensor other) => SubOperator.Call(this, other);

    public Tensor Mul(Tensor other) => MulOperator.Call(this, other);

    public Tensor Div(Tensor other) => DivOperator.Call(this, other);

    public Tensor Add(Scalar other) => AddScalarOperator.Call(this, other);

    public Tensor Sub(Scalar other) => SubScalarOperator.Call(this, other);

    public Tensor Mul(Scalar other) => MulScalarOperator.Call(this, other);

    public Tensor Div(Scalar other) => DivScalarOperator.Call(this, other);

    public Tensor Neg() => NegOperator.Call(this);

    public Tensor Pow(Scalar exponent) => PowOperator.Call(this, exponent);

    /// <summary>this + first * second</summary>
    public Tensor AddCMul(Tensor first, Tensor second) =>
        AddCMulOperator.Call(this, first, second);

    /// <summary>this + weight * (end - this)</summary>
    public Tensor Lerp(Tensor end, Tensor weight) => LerpOperator.Call(this, end, weight);

    public static Tensor operator +(Tensor left, Tensor right) => left.Add(right);

    public static Tensor operator -(Tensor left, Tensor right) => left.Sub(right);

    public static Tensor operator *(Tensor left, Tensor right) => left.Mul(right);

    public static Tensor operator /(Tensor left, Tensor right) => left.Div(right);

    public static Tensor operator +(Tensor left, Scalar right) => left.Add(right);

    public static Tensor operator -(Tensor left, Scalar right) => left.Sub(right);

    public static Tensor operator *(Tensor left, Scalar right) => left.Mul(right);

    public static Tensor operator /(Tensor left, Scalar right) => left.Div(right);

    public static Tensor operator +(Scalar left, Tensor right) => right.Add(left);

    public static Tensor operator -(Scalar left, Tensor right) => RsubOperator.Call(right, left);

    public static Tensor operator *(Scalar left, Tensor right) => right.Mul(left);

    public static Tensor operator -(Tensor value) => value.Neg();
}
