using Mneme.Worker.Memories;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Nets;

/// <summary>How large a GPT-2 is.</summary>
internal sealed record GptShape(int Layers, int Heads, int Width, int Context, int Vocabulary)
{
    public const int MlpFactor = 4;

    public int HeadSize => Width / Heads;

    /// <summary>Names, as HuggingFace's files have them, and shapes. Matrices are [in, out].
    /// </summary>
    public IEnumerable<(string Name, long[] Shape)> Parameters()
    {
        yield return ("wte.weight", [Vocabulary, Width]);
        yield return ("wpe.weight", [Context, Width]);
        for (var i = 0; i < Layers; i++)
        {
            yield return ($"h.{i}.ln_1.weight", [Width]);
            yield return ($"h.{i}.ln_1.bias", [Width]);
            yield return ($"h.{i}.attn.c_attn.weight", [Width, 3 * Width]);
            yield return ($"h.{i}.attn.c_attn.bias", [3 * Width]);
            yield return ($"h.{i}.attn.c_proj.weight", [Width, Width]);
            yield return ($"h.{i}.attn.c_proj.bias", [Width]);
            yield return ($"h.{i}.ln_2.weight", [Width]);
            yield return ($"h.{i}.ln_2.bias", [Width]);
            yield return ($"h.{i}.mlp.c_fc.weight", [Width, MlpFactor * Width]);
            yield return ($"h.{i}.mlp.c_fc.bias", [MlpFactor * Width]);
            yield return ($"h.{i}.mlp.c_proj.weight", [MlpFactor * Width, Width]);
            yield return ($"h.{i}.mlp.c_proj.bias", [Width]);
        }
        yield return ("ln_f.weight", [Width]);
        yield return ("ln_f.bias", [Width]);
    }
}

/// <summary>GPT-2 (Radford et al. 2019): pre-norm, learned positions, tanh gelu, the head tied to
/// the embedding. Weights have a lane axis; sample is lane * batch.</summary>
/// <param name="weights">By name of <see cref="GptShape.Parameters"/>; lanes may share them.   //
/// [lane or 1, ...]</param>
internal sealed class Gpt(GptShape shape, IReadOnlyDictionary<string, Tensor> weights)
{
    private const double NormEpsilon = 1e-5;
    private static readonly Operator LayerNorm = new("aten::layer_norm");
    private static readonly Operator TanhGelu = new("aten::gelu");

    public GptShape Shape => shape;

    public Device Device => weights["wte.weight"].Device;

    /// <summary>What comes next, after every token.</summary>
    /// <param name="tokens">[lane, batch, time] int64</param>
    /// <param name="attend">Is given every layer's attention and says which values it mixes; null:
    /// its own.</param>
    /// <returns>[lane, batch, time, vocabulary]</returns>
    public Tensor Logits(Tensor tokens, Func<int, AttentionHeads, Tensor>? attend = null) =>
        Predict(Hidden(tokens, attend));

    /// <summary>What comes next, after the last token.</summary>
    /// <returns>[lane, batch, 1, vocabulary]</returns>
    /// <inheritdoc cref="Logits"/>
    public Tensor LastLogits(Tensor tokens, Func<int, AttentionHeads, Tensor>? attend = null) =>
        Predict(Hidden(tokens, attend).Narrow(2, tokens.Size(2) - 1, 1));

    // [lane, batch, time, width]
    private Tensor Hidden(Tensor tokens, Func<int, AttentionHeads, Tensor>? attend)
    {
        var (lanes, batch, time) = (tokens.Size(0), tokens.Size(1), tokens.Size(2));
        var mask = Mask(time);
        var x = Embed(tokens);                                      // [lane, batch * time, width]
        for (var i = 0; i < shape.Layers; i++)
        {
            var normed = Norm(x, $"h.{i}.ln_1");
            x += Attend(i, normed, batch, time, mask, attend);
            var hidden = TanhGelu.Call(Linear(Norm(x, $"h.{i}.ln_2"), $"h.{i}.mlp.c_fc"), "tanh");
            x += Linear(hidden, $"h.{i}.mlp.c_proj");
        }
        return x.View(lanes, batch, time, shape.Width);
    }

    private Tensor Predict(Tensor x)
    {
        var (lanes, batch, time) = (x.Size(0), x.Size(1), x.Size(2));
        var rows = Norm(x.Reshape(lanes, batch * time, shape.Width), "ln_f");
        return rows.Bmm(Matrix("wte", lanes).Transpose(1, 2))
            .View(lanes, batch, time, shape.Vocabulary);
    }

    private Tensor Embed(Tensor tokens)
    {
        var (lanes, batch, time) = (tokens.Size(0), tokens.Size(1), tokens.Size(2));
        var table = weights["wte.weight"];
        var first = Tensor.Arange(lanes, device: tokens.Device)
            * (table.Size(0) == 1 ? 0 : (long)shape.Vocabulary);
        var rows = (tokens + first.View(lanes, 1, 1)).Reshape(-1);
        var token = table.View(-1, shape.Width)
            .Index(0, rows).View(lanes, batch, time, shape.Width);
        var place = weights["wpe.weight"].Narrow(1, 0, time).Unsqueeze(1);
        return (token + place).View(lanes, batch * time, shape.Width);
    }

    private Tensor Attend(
        int layer, Tensor x, long batch, long time, Tensor mask,
        Func<int, AttentionHeads, Tensor>? attend)
    {
        var lanes = x.Size(0);
        var parts = Linear(x, $"h.{layer}.attn.c_attn")             // [lane, batch * time, 3 width]
            .View(lanes * batch, time, 3, shape.Heads, shape.HeadSize).Permute(2, 0, 3, 1, 4)
            .Contiguous();                                          // [3, sample, head, time, size]
        var (q, k, v) = (Part(0), Part(1), Part(2));
        var scores = q.Bmm(k.Transpose(1, 2)) * (1 / Math.Sqrt(shape.HeadSize));
        var attention = (scores + mask).Softmax(-1);                // [sample * head, time, time]
        if (attend is not null)
            v = Flat(attend(
                layer, new AttentionHeads(Heads(q), Heads(k), Heads(v), Heads(attention))));
        var mixed = attention.Bmm(v).View(lanes * batch, shape.Heads, time, shape.HeadSize)
            .Transpose(1, 2).Reshape(lanes, batch * time, shape.Width);
        return Linear(mixed, $"h.{layer}.attn.c_proj");

        Tensor Part(int i) => Flat(parts.Select(0, i));

        Tensor Flat(Tensor t) => t.Reshape(lanes * batch * shape.Heads, time, -1);

        Tensor Heads(Tensor t) => t.View(lanes * batch, shape.Heads, time, -1);
    }

    // Zero where a token may look, minus infinity where it would see the future.
    private Tensor Mask(long time)
    {
        var place = Tensor.Arange(time, device: weights["wte.weight"].Device);
        var isFuture = place.View(1, -1).Gt(place.View(-1, 1));
        return Tensor.Zeros([time, time], device: place.Device)
            .MaskedFill(isFuture, double.NegativeInfinity);
    }

    private Tensor Norm(Tensor x, string name) =>
        LayerNorm.Call(x, new[] { (long)shape.Width }, Argument.None, Argument.None, NormEpsilon)
            * Row(name, "weight") + Row(name, "bias");

    private Tensor Linear(Tensor x, string name) =>
        Row(name, "bias").BAddBmm(x, Matrix(name, x.Size(0)));

    private Tensor Matrix(string name, long lanes)
    {
        var matrix = weights[$"{name}.weight"];
        return matrix.Size(0) == lanes ? matrix : matrix.Expand(lanes, -1, -1);
    }

    private Tensor Row(string name, string part) => weights[$"{name}.{part}"].Unsqueeze(1);
}
