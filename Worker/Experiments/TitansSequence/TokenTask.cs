using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <param name="Tokens">[lane, batch, time]</param>
/// <param name="Next">What should be said after each.   // [lane, batch, time]</param>
/// <param name="Weight">1 where that counts, else 0.   // [lane, batch, time]</param>
internal sealed record TokenWindow(Tensor Tokens, Tensor Next, Tensor Weight);

/// <summary>The samples of the steps, each a pure function of (seed, step, sample).</summary>
internal sealed class TokenTask
{
    private const long NumbersPerSample = 1 << 14;

    private readonly Lanes lanes;
    private readonly int batch, length, segment, symbols, pairs;
    private readonly bool isNeedle;
    private readonly double[] noise;

    public TokenTask(Lanes lanes)
    {
        this.lanes = lanes;
        (batch, length) = (lanes.Size("batch_size"), lanes.Size("length"));
        (segment, symbols, pairs) =
            (lanes.Size("segment"), lanes.Size("symbols"), lanes.Size("pairs"));
        isNeedle = lanes[0].Text("task") == "needle";
        noise = lanes.Each(lane => lane.Real("noise"));
    }

    /// <summary>Fillers, keys and values, and the sign of a question; or the sequence's own.
    /// </summary>
    public int Vocabulary => isNeedle ? 3 * symbols + 1 : symbols;

    public TokenWindow At(long step)
    {
        var size = lanes.Count * batch * length;
        var (tokens, next, weight) = (new long[size], new long[size], new float[size]);
        for (var sample = 0; sample < lanes.Count * batch; sample++)
        {
            var lane = sample / batch;
            var draw = new Draw(lanes[lane].Stream("data/tokens"), step,
                sample % batch * NumbersPerSample);
            var own = tokens.AsSpan(sample * length, length);
            var after = next.AsSpan(sample * length, length);
            var counts = weight.AsSpan(sample * length, length);
            if (isNeedle) FillNeedle(draw, own, after, counts);
            else FillSequence(draw, noise[lane], own, after, counts);
        }
        return new TokenWindow(Of(tokens), Of(next), Of(weight));

        Tensor Of<T>(T[] values) where T : unmanaged =>
            Tensor.From(values, [lanes.Count, batch, length], lanes.Device);
    }

    // Pairs of a key and a value among fillers, all of them before the last segment; at the end
    // the sign of a question and one of the keys.
    private void FillNeedle(Draw draw, Span<long> tokens, Span<long> next, Span<float> weight)
    {
        foreach (ref var token in tokens) token = draw.Below(symbols);
        var keys = draw.Distinct(pairs, symbols);
        var places = draw.Distinct(pairs, (length - segment) / 2);
        var values = new long[pairs];
        for (var i = 0; i < pairs; i++)
        {
            values[i] = 2 * symbols + draw.Below(symbols);
            (tokens[2 * places[i]], tokens[2 * places[i] + 1]) = (symbols + keys[i], values[i]);
        }
        var asked = draw.Below(pairs);
        (tokens[^2], tokens[^1]) = (3 * symbols, symbols + keys[asked]);
        (next[^1], weight[^1]) = (values[asked], 1);
    }

    // A permutation of the symbols says what follows what, but for some steps that follow none.
    private void FillSequence(
        Draw draw, double noise, Span<long> tokens, Span<long> next, Span<float> weight)
    {
        var law = draw.Distinct(symbols, symbols);
        var now = draw.Below(symbols);
        for (var t = 0; t < length; t++)
        {
            tokens[t] = now;
            now = draw.Below(1 << 20) < noise * (1 << 20) ? draw.Below(symbols) : law[now];
            (next[t], weight[t]) = (now, 1);
        }
    }
}
