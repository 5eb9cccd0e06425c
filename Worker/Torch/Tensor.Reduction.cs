namespace Mneme.Worker.Torch;

/// <summary>Reductions. In a program of lanes give the dimensions: a statistic over all of a
/// tensor would mix lanes.</summary>
public sealed partial class Tensor
{
    private static readonly Operator SumAllOperator = new("aten::sum");
    private static readonly Operator SumOperator = new("aten::sum", "dim_IntList");
    private static readonly Operator MeanAllOperator = new("aten::mean");
    private static readonly Operator MeanOperator = new("aten::mean", "dim");
    private static readonly Operator ArgMaxOperator = new("aten::argmax");
    private static readonly Operator AMaxOperator = new("aten::amax");
    private static readonly Operator MaxOperator = new("aten::max", "dim");
    private static readonly Operator TopKOperator = new("aten::topk");
    private static readonly Operator AnyAllOperator = new("aten::any");
    private static readonly Operator AnyOperator = new("aten::any", "dim");
    private static readonly Operator AllAllOperator = new("aten::all");
    private static readonly Operator AllOperator = new("aten::all", "dim");

    public Tensor Sum() => SumAllOperator.Call(this);

    public Tensor Sum(params ReadOnlySpan<long> dimensions) => Sum(dimensions, false);

    public Tensor Sum(ReadOnlySpan<long> dimensions, bool keepDimensions) =>
        SumOperator.Call(this, dimensions, keepDimensions);

    public Tensor Mean() => MeanAllOperator.Call(this);

    public Tensor Mean(params ReadOnlySpan<long> dimensions) => Mean(dimensions, false);

    public Tensor Mean(ReadOnlySpan<long> dimensions, bool keepDimensions) =>
        MeanOperator.Call(this, dimensions, keepDimensions);

    /// <summary>The index of the greatest element; ties go to the lower index.</summary>
    public Tensor ArgMax(long dimension, bool keepDimension = false) =>
        ArgMaxOperator.Call(this, dimension, keepDimension);

    /// <summary>The greatest element along the dimensions.</summary>
    public Tensor Max(params ReadOnlySpan<long> dimensions) =>
        AMaxOperator.Call(this, dimensions, false);

    /// <summary>The greatest element along one dimension and its index.</summary>
    public (Tensor Values, Tensor Indices) MaxWithIndex(long dimension) =>
        MaxOperator.CallMany(this, dimension, false) is [var values, var indices]
            ? (values, indices)
            : throw new TorchException("aten::max: two results expected");

    /// <summary>The greatest elements along one dimension, in falling order, and their indices.
    /// </summary>
    public (Tensor Values, Tensor Indices) TopK(long count, long dimension = -1) =>
        TopKOperator.CallMany(this, count, dimension) is [var values, var indices]
            ? (values, indices)
            : throw new TorchException("aten::topk: two results expected");

    public Tensor Any() => AnyAllOperator.Call(this);

    public Tensor Any(long dimension) => AnyOperator.Call(this, dimension);

    public Tensor All() => AllAllOperator.Call(this);

    public Tensor All(long dimension) => AllOperator.Call(this, dimension);
}
