using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Mneme.Worker.Nets;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>The net of <see cref="TitansSequence"/>: one block in one of its variants. In the
/// shapes, lane is K, batch is B, T is time, d is the width.</summary>
internal sealed class TitansBlock
{
    private static readonly Operator LayerNorm = new("aten::layer_norm");
    private static readonly InnerLoss Inner = InnerLoss.Named("l2");

    private readonly int lanes, batch, segment, chunk, width, kernel, layers;
    private readonly string variant, order;
    private readonly NamedWeights weights;
    private readonly WindowAttention attention;
    private readonly Tensor writes;                                 // [sample, 1, 1]: 1, or 0

    public TitansBlock(Lanes lanes, LaneState state, int vocabulary)
    {
        (this.lanes, batch, segment) =
            (lanes.Count, lanes.Size("batch_size"), lanes.Size("segment"));
        (chunk, width, kernel) =
            (lanes.Size("chunk"), lanes.Size("width"), lanes.Size("convolution"));
        (variant, order) = (lanes[0].Text("variant"), lanes[0].Text("second_order"));
        layers = lanes.Size("memory_layers");
        var heads = lanes.Size("heads");
        weights = new NamedWeights(lanes, state);
        AddWeights(lanes, vocabulary, heads);
        attention = new WindowAttention(heads, segment, weights.Linear, weights["distances"],
            weights["recalled_distances"]);
        writes = state.Hold(lanes.PerSample(lanes.Each(lane =>
            ((Specs.SettingValue.Flag)lane["write"]).Value ? 1f : 0f), batch));
    }

    public NamedWeights Weights => weights;

    public bool HasMemory => variant != "attention";

    /// <summary>What comes after each token.   // [lane, batch, T, vocabulary]</summary>
    /// <param name="tokens">[lane, batch, T]</param>
    public BlockTrace Run(Tensor tokens)
    {
        var trace = new BlockTrace();
        var x = weights.Rows("embedding", tokens);                          // [lane, batch, T, d]
        var mixed = variant switch
        {
            "mac" => AsContext(x, trace),
            "mag" => Gated(Attend(x), Scan(Begin(), x, trace).Reads),
            "mal" => Attend(AsLayer(x, trace)),
            "attention" => Attend(x),
            _ => Scan(Begin(), x, trace).Reads,
        };
        var y = Norm(x + weights.Linear("output", mixed), "final_norm");
        trace.Logits = weights.Linear("head", y);
        return trace;
    }

    // A segment attends to what the memory recalls for it; then the memory is told the result.
    private Tensor AsContext(Tensor x, BlockTrace trace)
    {
        var memory = Begin();
        var outputs = new List<Tensor>();
        for (var from = 0L; from < x.Size(2); from += segment)
        {
            var own = x.Narrow(2, from, segment);
            var recalled = ByLane(memory.Read(Queries(own)));
            var y = own + attention.Attend(own, Persistent(), recalled);
            (memory, var reads) = Scan(memory, y, trace);
            outputs.Add(Gated(y, reads));
        }
        return Tensor.Cat(2, [.. outputs]);
    }

    // Persistent tokens are told first.
    private Tensor AsLayer(Tensor x, BlockTrace trace)
    {
        var persistent = Persistent();
        var reads = Scan(Begin(), Tensor.Cat(2, persistent, x), trace).Reads;
        return reads.Narrow(2, persistent.Size(2), x.Size(2));
    }

    private Tensor Attend(Tensor x) => attention.Attend(x, Persistent(), recalled: null);

    private Tensor Gated(Tensor y, Tensor recalled) =>
        Norm(y, "attention_norm").Silu() * Norm(recalled, "memory_norm").Silu();

    // Tells the memory one token after the other, and reads for each what is known after it.
    private (SurpriseMemory Memory, Tensor Reads) Scan(
        SurpriseMemory memory, Tensor x, BlockTrace trace)
    {
        var time = (int)x.Size(2);
        var (k, v) = (Unit(Mapped("key", x)), Mapped("value", x));          // [sample, T, d]
        var q = Queries(x);
        var rates = (weights.Linear("gates", x) + weights["gate_bias"].View(lanes, 1, 1, 3))
            .Sigmoid().View(lanes * batch, time, 3);
        trace.Add(rates, Inner.Of(memory.Read(k), v));
        var reads = new Tensor[time];
        var slopes = Array.Empty<Tensor[]>();
        for (var t = 0; t < time; t++)
        {
            if (t % chunk == 0)
            {
                var length = Math.Min(chunk, time - t);
                slopes = memory.Slopes(k.Narrow(1, t, length), v.Narrow(1, t, length), Inner);
            }
            var g = slopes[t % chunk];
            if (order == "first_order") g = [.. g.Select(slope => slope.Detach())];
            var now = rates.Narrow(1, t, 1);
            memory = memory.Advance(g, new Coefficients(now.Narrow(2, 0, 1) * writes,
                now.Narrow(2, 1, 1), 1.0 - now.Narrow(2, 2, 1) * writes));
            if (order == "cut") memory = memory.Detach();
            reads[t] = memory.Read(q.Narrow(1, t, 1));
        }
        trace.After.Add(Inner.Of(memory.Read(k), v));
        return (memory, ByLane(Tensor.Cat(1, reads)));
    }

    private SurpriseMemory Begin() => new(
        [.. Enumerable.Range(0, layers).Select(l => weights[$"start{l}"].Unsqueeze(1)
            .Expand(lanes, batch, width, width).Reshape(lanes * batch, width, width))],
        [.. Enumerable.Range(0, layers).Select(_ => Tensor.Zeros(
            [lanes * batch, width, width], device: writes.Device))]);

    private Tensor Queries(Tensor x) => Unit(Mapped("query", x));

    // Each entry is a weighted sum over the last tokens (a causal depthwise convolution).   //
    // [sample, T, d]
    private Tensor Mapped(string name, Tensor x)
    {
        var mapped = weights.Linear(name, x);
        var (taps, time) = (weights[$"{name}_convolution"], x.Size(2));     // [lane, kernel, d]
        var sum = mapped * Tap(0);
        for (var back = 1; back < Math.Min(kernel, time); back++)
            sum += Tensor.Cat(2, mapped.Narrow(2, 0, back).ZerosLike(),
                mapped.Narrow(2, 0, time - back)) * Tap(back);
        return sum.View(lanes * batch, time, width);

        Tensor Tap(int back) => taps.Narrow(1, back, 1).Unsqueeze(1);
    }

    private Tensor Persistent() => weights["persistent"].Unsqueeze(1).Expand(lanes, batch, -1, -1);

    private Tensor Norm(Tensor x, string name) =>
        LayerNorm.Call(x, new[] { (long)width }, Argument.None, Argument.None, 1e-5)
            * weights[name].View(lanes, 1, 1, width);

    private Tensor ByLane(Tensor x) => x.View(lanes, batch, -1, width);

    private static Tensor Unit(Tensor x) =>
        x / (x.Square().Sum([2], keepDimensions: true).Sqrt() + 1e-6);

    private void AddWeights(Lanes all, int vocabulary, int heads)
    {
        var bound = 1 / MathF.Sqrt(width);
        weights.AddUniform("embedding", [vocabulary, width], 1);
        foreach (var name in new[] { "key", "value", "query", "output", "attention_query",
            "attention_key", "attention_value" })
            weights.AddUniform(name, [width, width], bound);
        weights.AddUniform("head", [width, vocabulary], bound);
        weights.AddUniform("persistent", [all.Size("persistent"), width], 1);
        for (var l = 0; l < layers; l++) weights.AddUniform($"start{l}", [width, width], .02f);
        foreach (var name in new[] { "key", "value", "query" })
            weights.AddUniform($"{name}_convolution", [kernel, width], 1);
        foreach (var name in new[] { "attention_norm", "memory_norm", "final_norm" })
            weights.AddFull(name, [width], 1);
        foreach (var name in new[] { "distances", "recalled_distances" })
            weights.AddFull(name, [heads, segment], 0);
        weights.AddFull("gates", [width, 3], 0);
        weights.Add("gate_bias", Tensor.From(
            all.Each(lane => new[] { "theta", "eta", "alpha" }.Select(lane.Real)
                .Select(p => (float)Math.Log(p / (1 - p)))).SelectMany(bias => bias).ToArray(),
            [lanes, 3], all.Device));
    }
}

/// <summary>What was seen while a batch went through the block.</summary>
internal sealed class BlockTrace
{
    /// <summary>[lane, batch, T, vocabulary]</summary>
    public Tensor Logits { get; set; } = null!;

    /// <summary>Theta, eta and alpha.   // [sample, T, 3] each</summary>
    public List<Tensor> Rates { get; } = [];

    /// <summary>The inner loss of tokens at a scan's start, and at its end.   // [sample, T]
    /// each</summary>
    public List<Tensor> Before { get; } = [];

    public List<Tensor> After { get; } = [];

    public void Add(Tensor rates, Tensor before)
    {
        Rates.Add(rates);
        Before.Add(before);
    }
}
