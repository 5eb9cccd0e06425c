namespace Mneme.Worker.Torch;

public sealed partial class Tensor
{
    private static readonly Operator ViewOperator = new("aten::view");
    private static readonly Operator ReshapeOperator = new("aten::reshape");
    private static readonly Operator ExpandOperator = new("aten::expand");
    private static readonly Operator SelectOperator = new("aten::select", "int");
    private static readonly Operator NarrowOperator = new("aten::narrow");
    private static readonly Operator UnsqueezeOperator = new("aten::unsqueeze");
    private static readonly Operator SqueezeOperator = new("aten::squeeze", "dim");
    private static readonly Operator TransposeOperator = new("aten::transpose", "int");
    private static readonly Operator PermuteOperator = new("aten::permute");
    private static readonly Operator CatOperator = new("aten::cat");
    private static readonly Operator StackOperator = new("aten::stack");
    private static readonly Operator IndexSelectOperator = new("aten::index_select");
    private static readonly Operator GatherOperator = new("aten::gather");
    private static readonly Operator ScatterOperator = new("aten::scatter", "src");
    private static readonly Operator ContiguousOperator = new("aten::contiguous");
    private static readonly Operator CloneOperator = new("aten::clone");
    private static readonly Operator ToOperator = new("aten::to", "dtype_layout");

    public Tensor View(params ReadOnlySpan<long> shape) => ViewOperator.Call(this, shape);

    public Tensor Reshape(params ReadOnlySpan<long> shape) => ReshapeOperator.Call(this, shape);

    public Tensor Expand(params ReadOnlySpan<long> shape) => ExpandOperator.Call(this, shape);

    public Tensor Select(long dimension, long index) =>
        SelectOperator.Call(this, dimension, index);

    public Tensor Narrow(long dimension, long start, long length) =>
        NarrowOperator.Call(this, dimension, start, length);

    public Tensor Unsqueeze(long dimension) => UnsqueezeOperator.Call(this, dimension);

    public Tensor Squeeze(long dimension) => SqueezeOperator.Call(this, dimension);

    public Tensor Transpose(long first, long second) =>
        TransposeOperator.Call(this, first, second);

    public Tensor Permute(params ReadOnlySpan<long> order) => PermuteOperator.Call(this, order);

    public static Tensor Cat(long dimension, params Tensor[] parts) =>
        CatOperator.Call(parts, dimension);

    public static Tensor Stack(long dimension, params Tensor[] parts) =>
        StackOperator.Call(parts, dimension);

    /// <summary>index_select: the listed slices along one dimension.</summary>
    public Tensor Index(long dimension, Tensor indices) =>
        IndexSelectOperator.Call(this, dimension, indices);

    public Tensor Gather(long dimension, Tensor indices) =>
        GatherOperator.Call(this, dimension, indices);

    public Tensor Scatter(long dimension, Tensor indices, Tensor source) =>
        ScatterOperator.Call(this, dimension, indices, source);

    public Tensor Contiguous() => ContiguousOperator.Call(this);

    public Tensor Clone() => CloneOperator.Call(this);

    public Tensor To(DType dtype) => ToOperator.Call(this, dtype);

    public Tensor To(Device device) =>
        ToOperator.Call(this, Argument.None, Argument.None, device);
}
