namespace Mneme.Worker.Torch;

/// <summary>Functions of each element, softmax and the losses that rest on it.</summary>
public sealed partial class Tensor
{
    private static readonly Operator GeluOperator = new("aten::gelu");
    private static readonly Operator ReluOperator = new("aten::relu");
    private static readonly Operator TanhOperator = new("aten::tanh");
    private static readonly Operator SigmoidOperator = new("aten::sigmoid");
    private static readonly Operator SiluOperator = new("aten::silu");
    private static readonly Operator SoftplusOperator = new("aten::softplus");
    private static readonly Operator SoftmaxOperator = new("aten::softmax", "int");
    private static readonly Operator LogSoftmaxOperator = new("aten::log_softmax", "int");
    private static readonly Operator NllLossOperator = new("aten::nll_loss");
    private static readonly Operator CrossEntropyOperator = new("aten::cross_entropy_loss");
    private static readonly Operator ExpOperator = new("aten::exp");
    private static readonly Operator LogOperator = new("aten::log");
    private static readonly Operator SqrtOperator = new("aten::sqrt");
    private static readonly Operator AbsOperator = new("aten::abs");
    private static readonly Operator SquareOperator = new("aten::square");

    /// <summary>x * Phi(x) with the exact error function.</summary>
    public Tensor Gelu() => GeluOperator.Call(this);

    public Tensor Relu() => ReluOperator.Call(this);

    public Tensor Tanh() => TanhOperator.Call(this);

    public Tensor Sigmoid() => SigmoidOperator.Call(this);

    public Tensor Silu() => SiluOperator.Call(this);

    public Tensor Softplus() => SoftplusOperator.Call(this);

    public Tensor Softmax(long dimension) => SoftmaxOperator.Call(this, dimension);

    public Tensor LogSoftmax(long dimension) => LogSoftmaxOperator.Call(this, dimension);

    /// <summary>Of log-probabilities [rows, classes] and classes [rows], in nats.</summary>
    public Tensor NllLoss(Tensor target, Reduction reduction = Reduction.Mean) =>
        NllLossOperator.Call(this, target, Argument.None, (long)reduction);

    /// <summary>Of logits [rows, classes] and classes [rows], in nats.</summary>
    public Tensor CrossEntropy(Tensor target, Reduction reduction = Reduction.Mean) =>
        CrossEntropyOperator.Call(this, target, Argument.None, (long)reduction);

    public Tensor Exp() => ExpOperator.Call(this);

    public Tensor Log() => LogOperator.Call(this);

    public Tensor Sqrt() => SqrtOperator.Call(this);

    public Tensor Abs() => AbsOperator.Call(this);

    public Tensor Square() => SquareOperator.Call(this);
}

/// <summary>How a loss of many rows becomes one; the numbers are libtorch's.</summary>
public enum Reduction
{
    None = 0,
    Mean = 1,
    Sum = 2,
}
