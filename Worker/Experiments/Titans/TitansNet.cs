using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>The net of <see cref="Titans"/>. In the shapes, lane is K, batch is B, sample is K * B,
/// d is the memory's width and dx a token's.</summary>
internal sealed class TitansNet
{
    private readonly int lanes, batch, pairs, chunk, d;
    private readonly string order;
    private readonly bool normalises, hasSilu;
    private readonly InnerLoss inner;
    private readonly Tensor key, value, query;  // [lane, dx, d]
    private readonly Tensor output;             // [lane, d, value]
    private readonly Tensor[] start;            // by layer [lane, d, d]: M_0
    private readonly Tensor gates, gateBias;    // [lane, dx, 3], [lane, 1, 3]: theta, eta, alpha
    private readonly Tensor sign, momentum, decay;  // [sample, 1, 1]
    private readonly Tensor[]? kept;            // by layer: the last batch's surprise

    public TitansNet(Lanes lanes, LaneState state, int tokenWidth)
    {
        (this.lanes, batch, pairs) = (lanes.Count, lanes.Size("batch_size"), lanes.Size("pairs"));
        (chunk, d) = (lanes.Size("chunk"), lanes.Size("memory_size"));
        (normalises, hasSilu) = (lanes.Flag("normalise"), lanes.Flag("silu"));
        order = lanes[0].Text("second_order");
        inner = InnerLoss.Named(lanes[0].Text("inner_loss"));
        (key, value, query) = (Map("key"), Map("value"), Map("query"));
        output = Uniform("output", d, lanes.Size("value_size"));
        var layers = lanes.Size("memory_layers");
        var kind = lanes[0].Text("memory_start");
        start = [.. Enumerable.Range(0, layers).Select(l => state.Add($"start{l}",
            lanes.Draw($"init/start{l}", [d, d], (stream, values) => stream.FillNormal(0, values))
                .MulInPlace(kind == "zero" ? 0 : .02)))];
        gates = state.Add("gates", Tensor.Zeros([lanes.Count, tokenWidth, 3],
            device: lanes.Device));
        gateBias = state.Add("gate_bias", Tensor.From(
            lanes.Each(lane => Biases(lane)).SelectMany(bias => bias).ToArray(),
            [lanes.Count, 1, 3], lanes.Device));
        sign = PerSample(lane => (IsOn(lane, "write") ? 1 : 0) * (IsOn(lane, "ascend") ? -1 : 1));
        momentum = PerSample(lane => IsOn(lane, "momentum") ? 1 : 0);
        decay = PerSample(lane => IsOn(lane, "decay") ? 1 : 0);
        if (lanes[0].Text("surprise") == "kept")
            kept = [.. start.Select((_, l) => state.Add($"surprise{l}", Tensor.Zeros(
                [lanes.Count, batch, d, d], device: lanes.Device)))];
        Trained = [key, value, query, output, .. kind == "learned" ? start : [],
            .. lanes[0].Text("coefficients") == "data" ? (Tensor[])[gates, gateBias] : []];
        foreach (var leaf in Trained) leaf.RequireGrad();

        Tensor Map(string name) => Uniform(name, tokenWidth, d);

        Tensor Uniform(string name, int rows, int columns) => state.Add(name, lanes.Draw(
            $"init/{name}", [rows, columns],
            (stream, values) => stream.FillUniform(0, 1 / MathF.Sqrt(rows), values)));

        Tensor PerSample(Func<Lane, int> of) => state.Hold(lanes.PerSample(
            lanes.Each(lane => (float)of(lane)), batch));
    }

    /// <summary>By the outer optimiser, in the order key, value, query, output, start, gates.
    /// </summary>
    public Tensor[] Trained { get; }

    /// <summary>Gradients by what they belong to; NaN where a part is not trained.
    /// // [lane]</summary>
    public IEnumerable<double[]> Norms(Tensor[] slopes)
    {
        Tensor[][] parts = [[key], [value], [query], [output], start, [gates, gateBias]];
        foreach (var part in parts)
        {
            var own = part.Select(p => Array.IndexOf(Trained, p)).Where(i => i >= 0).ToArray();
            yield return own.Length == 0 ? [.. Enumerable.Repeat(double.NaN, lanes)]
                : [.. Optimizers.Clip.Norm([.. own.Select(i => slopes[i])]).ToArray<float>()
                    .Select(norm => (double)norm)];
        }
    }

    /// <summary>Tells a sample its pairs, one after the other.</summary>
    public Telling Tell(Pairs told)
    {
        var k = Unit(Mapped(told.Tokens, key));                                 // [sample, T, d]
        var v = Mapped(told.Tokens, value);                                     // [sample, T, d]
        var rates = (told.Tokens.Bmm(gates) + gateBias).Sigmoid()
            .View(lanes * batch, pairs, 3);                                     // [sample, T, 3]
        var memory = Begin();
        var before = inner.Of(memory.Read(k), v);                               // [sample, T]
        var slopes = Array.Empty<Tensor[]>();
        for (var t = 0; t < pairs; t++)
        {
            if (t % chunk == 0)
            {
                var length = Math.Min(chunk, pairs - t);
                slopes = memory.Slopes(k.Narrow(1, t, length), v.Narrow(1, t, length), inner);
            }
            var g = slopes[t % chunk];
            if (order == "first_order") g = [.. g.Select(slope => slope.Detach())];
            memory = memory.Advance(g, At(rates, t));
            if (order == "cut") memory = memory.Detach();
        }
        return new Telling(memory, k, rates, before, inner.Of(memory.Read(k), v));
    }

    /// <summary>What is answered to every question.   // [sample, question, value]</summary>
    public Tensor Ask(Telling telling, Tensor questions)
    {
        var q = Unit(Mapped(questions, query));                                 // [sample, T, d]
        return telling.Memory.Read(q).Reshape(lanes, batch * pairs, d).Bmm(output)
            .View(lanes * batch, pairs, -1);
    }

    /// <summary>Keeps the surprise for the next batch, where that is asked for.</summary>
    public void Keep(Telling telling)
    {
        for (var l = 0; l < (kept?.Length ?? 0); l++)
            kept![l].CopyFrom(telling.Memory.Surprise[l].Detach().View(lanes, batch, d, d));
    }

    private SurpriseMemory Begin() => new(
        [.. start.Select(weight => weight.Unsqueeze(1).Expand(lanes, batch, d, d)
            .Reshape(lanes * batch, d, d))],
        [.. start.Select((weight, l) => kept is null
            ? Tensor.Zeros([lanes * batch, d, d], weight.DType, weight.Device)
            : kept[l].Clone().View(lanes * batch, d, d))]);

    private Coefficients At(Tensor rates, int token)
    {
        var now = rates.Narrow(1, token, 1);                                    // [sample, 1, 3]
        return new Coefficients(
            now.Narrow(2, 0, 1) * sign, now.Narrow(2, 1, 1) * momentum,
            1.0 - now.Narrow(2, 2, 1) * decay);
    }

    private Tensor Mapped(Tensor tokens, Tensor map)
    {
        var mapped = tokens.Bmm(map);
        return (hasSilu ? mapped.Silu() : mapped).View(lanes * batch, pairs, d);
    }

    private Tensor Unit(Tensor x) => !normalises ? x
        : x / (x.Square().Sum([2], keepDimensions: true).Sqrt() + 1e-12);

    private static bool IsOn(Lane lane, string setting) =>
        ((Specs.SettingValue.Flag)lane[setting]).Value;

    // The sigmoid of these is what the settings say.
    private static float[] Biases(Lane lane) =>
    [
        .. new[] { "theta", "eta", "alpha" }.Select(lane.Real)
            .Select(p => (float)Math.Log(p / (1 - p))),
    ];
}

/// <summary>What is left of being told.</summary>
/// <param name="Keys">[sample, pair, d]</param>
/// <param name="Rates">Theta, eta and alpha.   // [sample, pair, 3]</param>
/// <param name="Before">The inner loss of every pair at the start, and at the end.
/// // [sample, pair]</param>
internal sealed record Telling(
    SurpriseMemory Memory, Tensor Keys, Tensor Rates, Tensor Before, Tensor After);
