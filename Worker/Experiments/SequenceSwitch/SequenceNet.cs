using Mneme.Worker.Nets;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>The nets of <see cref="SequenceSwitch"/>: what is known of the next bit, at each
/// position but the last. In the shapes, sample is the batch of a lane.</summary>
internal static class SequenceNet
{
    /// <returns>Rows that the head reads.   // [lane, sample * position, width]</returns>
    public static Tensor Rows(SequenceShape shape, TransformerPass pass, SequenceBatch batch) =>
        shape.Architecture switch
        {
            "one_layer" => OneLayer(shape, pass, batch),
            "gpt" => Gpt(shape, pass, batch),
            _ => HeadsMlpGpt(shape, pass, batch),
        };

    // A token has one bit: there are two rows for a position, and queries, keys and values are
    // computed once for each of them, not for each sample.
    private static Tensor OneLayer(SequenceShape shape, TransformerPass pass, SequenceBatch batch)
    {
        var table = pass.Linear("c_attn", pass.Embedding(shape.Positions));
        var y = pass.Attention(table, batch.Places, batch.Lanes, shape.Heads);
        y = pass.LayerNorm("ln_f", y);                      // nothing goes around attention
        for (var i = 0; i < shape.Layers; i++)
            y = pass.ReluLinear($"linear_modules.{i}", y, skips: i > 0);
        return y;
    }

    private static Tensor Gpt(SequenceShape shape, TransformerPass pass, SequenceBatch batch)
    {
        var x = pass.Rows(pass.Embedding(shape.Positions), batch.Rows);
        for (var i = 0; i < shape.Layers; i++)
        {
            var at = SequenceShape.Prefix(i);
            x = pass.Residual(x, x => pass.Linear($"{at}.attn.c_proj", Attend(at, x)));
            x = pass.Residual(x, x =>
            {
                var hidden = pass.Linear($"{at}.mlp.c_fc", pass.LayerNorm($"{at}.ln_2", x));
                return pass.Linear($"{at}.mlp.c_proj", pass.Gelu(hidden));
            });
        }
        return pass.LayerNorm("ln_f", x);

        Tensor Attend(string at, Tensor x) => SequenceNet.Attend(shape, pass, batch, at, x);
    }

    private static Tensor HeadsMlpGpt(
        SequenceShape shape, TransformerPass pass, SequenceBatch batch)
    {
        var x = pass.Rows(pass.Embedding(shape.Positions), batch.Rows);
        for (var i = 0; i < shape.Layers; i++)
        {
            var at = SequenceShape.Prefix(i);
            x = pass.Residual(x, x => Attend(shape, pass, batch, at, x));
            x = pass.Residual(x, x =>
            {
                var neck = pass.Linear($"{at}.mlp.down", pass.LayerNorm($"{at}.ln_2", x));
                var hidden = pass.Relu(pass.Linear($"{at}.mlp.mid", neck));
                return pass.Linear($"{at}.mlp.up", hidden);
            });
        }
        return x;
    }

    private static Tensor Attend(
        SequenceShape shape, TransformerPass pass, SequenceBatch batch, string at, Tensor x)
    {
        var qkv = pass.Linear($"{at}.attn.c_attn", pass.LayerNorm($"{at}.ln_1", x));
        return pass.Attention(qkv, batch.OwnPlaces, batch.Lanes * batch.Samples, shape.Heads);
    }
}
