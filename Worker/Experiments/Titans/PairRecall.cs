using Mneme.Random;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>Pairs to be told, and what is asked afterwards. A token is <c>[key ; value ; 0]</c>, a
/// question <c>[key ; 0 ; 1]</c>.</summary>
/// <param name="Tokens">[lane, batch * pair, key + value + 1]</param>
/// <param name="Questions">Of every pair of a sample.   // [lane, batch * pair, ...]</param>
/// <param name="Values">Of every pair.   // [sample, pair, value]</param>
/// <param name="Asked">Which pair counts.   // [sample]</param>
internal sealed record Pairs(Tensor Tokens, Tensor Questions, Tensor Values, Tensor Asked);

/// <summary>The pairs of the steps, each a pure function of (seed, step, sample).</summary>
internal sealed class PairRecall(Lanes lanes)
{
    private readonly int batch = lanes.Size("batch_size"), pairs = lanes.Size("pairs");
    private readonly int keySize = lanes.Size("key_size"), valueSize = lanes.Size("value_size");

    public int Width => keySize + valueSize + 1;

    public Pairs At(string purpose, long step)
    {
        var rows = lanes.Count * batch * pairs;
        var (tokens, questions) = (new float[rows * Width], new float[rows * Width]);
        var (values, asked) = (new float[rows * valueSize], new long[lanes.Count * batch]);
        for (var k = 0; k < lanes.Count; k++)
        {
            var keys = new float[batch * pairs * keySize];
            lanes[k].Stream($"{purpose}/keys").FillNormal(step, keys);
            var signs = new long[batch * pairs * valueSize];
            lanes[k].Stream($"{purpose}/values").FillIntegers(step, 2, signs);
            lanes[k].Stream($"{purpose}/asked")
                .FillIntegers(step, pairs, asked.AsSpan(k * batch, batch));
            for (var r = 0; r < batch * pairs; r++)
            {
                var row = k * batch * pairs + r;
                var key = Unit(keys.AsSpan(r * keySize, keySize));
                key.CopyTo(tokens.AsSpan(row * Width));
                key.CopyTo(questions.AsSpan(row * Width));
                questions[row * Width + Width - 1] = 1;
                for (var v = 0; v < valueSize; v++)
                    tokens[row * Width + keySize + v] = values[row * valueSize + v] =
                        signs[r * valueSize + v] * 2 - 1;
            }
        }
        return new Pairs(
            Tensor.From(tokens, [lanes.Count, batch * pairs, Width], lanes.Device),
            Tensor.From(questions, [lanes.Count, batch * pairs, Width], lanes.Device),
            Tensor.From(values, [lanes.Count * batch, pairs, valueSize], lanes.Device),
            Tensor.From(asked, [lanes.Count * batch], lanes.Device));
    }

    private static Span<float> Unit(Span<float> key)
    {
        var length = 0.0;
        foreach (var x in key) length += (double)x * x;
        foreach (ref var x in key) x = (float)(x / Math.Sqrt(length));
        return key;
    }
}
