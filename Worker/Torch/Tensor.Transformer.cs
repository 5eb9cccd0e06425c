namespace Mneme.Worker.Torch;

/// <summary>The shim's own operators for transformers of short sequences, each with its way back.
/// They know no autograd. On the CPU every lane is computed alone; for other devices they are
/// composed of libtorch's operators.</summary>
public sealed partial class Tensor
{
    private static readonly Operator AttentionOperator = new("mneme::attention");
    private static readonly Operator AttentionBackwardOperator = new("mneme::attention_backward");
    private static readonly Operator NormaliseOperator = new("mneme::normalise");
    private static readonly Operator NormaliseBackwardOperator = new("mneme::normalise_backward");
    private static readonly Operator BiasReluOperator = new("mneme::bias_relu");
    private static readonly Operator BiasReluSkipOperator = new("mneme::bias_relu_skip");
    private static readonly Operator BiasReluBackwardOperator = new("mneme::bias_relu_backward");
    private static readonly Operator JudgeBitsOperator = new("mneme::judge_bits");
    private static readonly Operator LearnBitsOperator = new("mneme::learn_bits");
    private static readonly Operator GeluBackwardOperator = new("aten::gelu_backward");
    private static readonly Operator IndexPutOperator = new("aten::index_put_");

    /// <summary>Causal attention of queries, keys and values that lie in tables.
    /// this: [table, row, 3 * heads * features]</summary>
    /// <param name="places">int32 [sample, position]: the row of each position; the samples of the
    /// first table come first.</param>
    /// <returns>[sample, position, heads * features], and the weights [sample, head, position,
    /// position], on the CPU in rows of whole sixteens.</returns>
    public (Tensor Y, Tensor Weights) Attention(Tensor places, int heads) =>
        Two(AttentionOperator.CallMany(this, places, heads));

    /// <summary>The slope of the tables; this: the slope of what attention gave.</summary>
    public Tensor AttentionBackward(Tensor tables, Tensor places, Tensor weights) =>
        AttentionBackwardOperator.Call(this, tables, places, weights);

    /// <summary>Layer norm of [lane, row, width] with weight and bias [lane, width]; the statistics
    /// are for the way back.</summary>
    public (Tensor Y, Tensor Statistics) LayerNorm(Tensor weight, Tensor bias) =>
        Two(NormaliseOperator.CallMany(this, weight, bias, 1e-5));

    /// <summary>Slopes of x, weight and bias; this: the slope of what the norm gave.</summary>
    public (Tensor X, Tensor Weight, Tensor Bias) LayerNormBackward(
        Tensor x, Tensor statistics, Tensor weight) =>
        NormaliseBackwardOperator.CallMany(this, x, statistics, weight) is [var a, var b, var c]
            ? (a, b, c)
            : throw new TorchException("three results expected");

    /// <summary>Becomes relu(this + bias); [lane, row, width] and [lane, width].</summary>
    public Tensor BiasReluInPlace(Tensor bias) => BiasReluOperator.CallInPlace(this, this, bias);

    /// <summary>Becomes relu(this + bias), and gives that plus <paramref name="skip"/>.</summary>
    public Tensor BiasReluInPlace(Tensor bias, Tensor skip) =>
        BiasReluSkipOperator.Call(this, bias, skip);

    /// <summary>Slopes of what went into relu, and of its bias; this: the slope of relu.</summary>
    /// <param name="relu">What relu gave.</param>
    public (Tensor X, Tensor Bias) BiasReluBackward(Tensor relu) =>
        Two(BiasReluBackwardOperator.CallMany(this, relu));

    /// <summary>Reads bits [lane, sample, length] off rows [lane, sample * (length - 1), width]:
    /// each row, times weight [lane, 2, width] plus bias [lane, 2], predicts the next.</summary>
    /// <returns>By sample, the mean of -ln p(bit) and the share of right bits.   // [lane,
    /// sample]</returns>
    public (Tensor Loss, Tensor Hits) JudgeBits(Tensor weight, Tensor bias, Tensor bits) =>
        Two(JudgeBitsOperator.CallMany(this, weight, bias, bits));

    /// <summary>The same with slopes.</summary>
    /// <param name="share">What one bit's loss counts.</param>
    public BitSlopes LearnBits(Tensor weight, Tensor bias, Tensor bits, double share) =>
        LearnBitsOperator.CallMany(this, weight, bias, bits, share)
            is [var loss, var hits, var x, var ofWeight, var ofBias]
            ? new(loss, hits, x, ofWeight, ofBias)
            : throw new TorchException("five results expected");

    /// <summary>The slope of gelu's x; this: the slope of what gelu gave.</summary>
    public Tensor GeluBackward(Tensor x) => GeluBackwardOperator.Call(this, x);

    /// <summary>Adds each row of the source to the one that the index names, in the order of the
    /// index on every device: index_add_ has none on a GPU.</summary>
    public Tensor AddRowsInPlace(Tensor index, Tensor source) =>
        IndexPutOperator.CallInPlace(
            this, this, Argument.OptionalTensors([index]), source, true);

    private static (Tensor, Tensor) Two(Tensor[] results) => results is [var first, var second]
        ? (first, second)
        : throw new TorchException($"two results expected, not {results.Length}");
}

/// <summary>Losses and hits [lane, sample], and slopes of the rows, the weight and the bias.
/// </summary>
public sealed record BitSlopes(
    Tensor Loss, Tensor Hits, Tensor X, Tensor Weight, Tensor Bias);
