namespace Mneme.Worker.Torch;

public sealed partial class Tensor
{
    private static readonly Operator EmptyOperator = new("aten::empty", "memory_format");
    private static readonly Operator ZerosOperator = new("aten::zeros");
    private static readonly Operator OnesOperator = new("aten::ones");
    private static readonly Operator FullOperator = new("aten::full");
    private static readonly Operator ArangeOperator = new("aten::arange", "start_step");
    private static readonly Operator ZerosLikeOperator = new("aten::zeros_like");
    private static readonly Operator OnesLikeOperator = new("aten::ones_like");
    private static readonly Operator EmptyLikeOperator = new("aten::empty_like");

    /// <summary>Elements not set.</summary>
    public static Tensor Empty(
        ReadOnlySpan<long> shape, DType dtype = DType.Float32, Device? device = null) =>
        EmptyOperator.Call(shape, dtype, Argument.None, Place(device));

    public static Tensor Zeros(
        ReadOnlySpan<long> shape, DType dtype = DType.Float32, Device? device = null) =>
        ZerosOperator.Call(shape, dtype, Argument.None, Place(device));

    public static Tensor Ones(
        ReadOnlySpan<long> shape, DType dtype = DType.Float32, Device? device = null) =>
        OnesOperator.Call(shape, dtype, Argument.None, Place(device));

    public static Tensor Full(
        ReadOnlySpan<long> shape, double value, DType dtype = DType.Float32,
        Device? device = null) =>
        FullOperator.Call(shape, value, dtype, Argument.None, Place(device));

    /// <summary>The integers from 0 to <paramref name="end"/> - 1.</summary>
    public static Tensor Arange(long end, DType dtype = DType.Int64, Device? device = null) =>
        Arange(0, end, 1, dtype, device);

    public static Tensor Arange(
        long start, long end, long step, DType dtype = DType.Int64, Device? device = null) =>
        ArangeOperator.Call(start, end, step, dtype, Argument.None, Place(device));

    /// <summary>A tensor of one element and no dimension.</summary>
    public static Tensor Scalar(double value, DType dtype = DType.Float32, Device? device = null) =>
        Full([], value, dtype, device);

    public Tensor ZerosLike() => ZerosLikeOperator.Call(this);

    public Tensor OnesLike() => OnesLikeOperator.Call(this);

    public Tensor EmptyLike() => EmptyLikeOperator.Call(this);

    private static Argument Place(Device? device) => device ?? Device.Cpu;
}
