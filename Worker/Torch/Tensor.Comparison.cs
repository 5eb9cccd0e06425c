namespace Mneme.Worker.Torch;

/// <summary>Comparisons, logic and choice; no gradient flows through a comparison.</summary>
public sealed partial class Tensor
{
    private static readonly Operator EqOperator = new("aten::eq", "Tensor");
    private static readonly Operator NeOperator = new("aten::ne", "Tensor");
    private static readonly Operator LtOperator = new("aten::lt", "Tensor");
    private static readonly Operator LeOperator = new("aten::le", "Tensor");
    private static readonly Operator GtOperator = new("aten::gt", "Tensor");
    private static readonly Operator GeOperator = new("aten::ge", "Tensor");
    private static readonly Operator EqScalarOperator = new("aten::eq", "Scalar");
    private static readonly Operator LtScalarOperator = new("aten::lt", "Scalar");
    private static readonly Operator GtScalarOperator = new("aten::gt", "Scalar");
    private static readonly Operator GeScalarOperator = new("aten::ge", "Scalar");
    private static readonly Operator LogicalAndOperator = new("aten::logical_and");
    private static readonly Operator LogicalOrOperator = new("aten::logical_or");
    private static readonly Operator LogicalNotOperator = new("aten::logical_not");
    private static readonly Operator WhereOperator = new("aten::where", "self");
    private static readonly Operator MaskedFillOperator = new("aten::masked_fill", "Scalar");
    private static readonly Operator MaximumOperator = new("aten::maximum");
    private static readonly Operator MinimumOperator = new("aten::minimum");
    private static readonly Operator ClampOperator = new("aten::clamp");
    private static readonly Operator SignOperator = new("aten::sign");
    private static readonly Operator IsFiniteOperator = new("aten::isfinite");

    public Tensor Eq(Tensor other) => EqOperator.Call(this, other);

    public Tensor Ne(Tensor other) => NeOperator.Call(this, other);

    public Tensor Lt(Tensor other) => LtOperator.Call(this, other);

    public Tensor Le(Tensor other) => LeOperator.Call(this, other);

    public Tensor Gt(Tensor other) => GtOperator.Call(this, other);

    public Tensor Ge(Tensor other) => GeOperator.Call(this, other);

    public Tensor Eq(Scalar other) => EqScalarOperator.Call(this, other);

    public Tensor Lt(Scalar other) => LtScalarOperator.Call(this, other);

    public Tensor Gt(Scalar other) => GtScalarOperator.Call(this, other);

    public Tensor Ge(Scalar other) => GeScalarOperator.Call(this, other);

    public Tensor LogicalAnd(Tensor other) => LogicalAndOperator.Call(this, other);

    public Tensor LogicalOr(Tensor other) => LogicalOrOperator.Call(this, other);

    public Tensor LogicalNot() => LogicalNotOperator.Call(this);

    /// <summary>Where the condition holds the first value, elsewhere the second.</summary>
    public static Tensor Where(Tensor condition, Tensor first, Tensor second) =>
        WhereOperator.Call(condition, first, second);

    public Tensor MaskedFill(Tensor mask, double value) =>
        MaskedFillOperator.Call(this, mask, value);

    public Tensor Maximum(Tensor other) => MaximumOperator.Call(this, other);

    public Tensor Minimum(Tensor other) => MinimumOperator.Call(this, other);

    public Tensor Clamp(double? low = null, double? high = null) =>
        ClampOperator.Call(this, low ?? Argument.None, high ?? Argument.None);

    public Tensor Sign() => SignOperator.Call(this);

    public Tensor IsFinite() => IsFiniteOperator.Call(this);
}
