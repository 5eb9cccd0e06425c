using Mneme.Language;
using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Mneme.Worker.Nets;
using Mneme.Worker.Torch;
using Mneme.Worker.Weights;

namespace Mneme.Worker.Experiments;

/// <summary>Samples and measures of <see cref="Gpt2Text"/>. The net and what is stored follow from
/// settings; state is what was written.</summary>
internal sealed class Gpt2TextCohort : CohortModel
{
    private const long NumbersPerSample = 1 << 10;

    private readonly BytePairEncoding encoding;
    private readonly Gpt2Model model;
    private readonly Gpt gpt;
    private readonly string method, prompt, answer;
    private readonly long[] context;        // tokens that the net writes on from
    private readonly int length;            // tokens that it writes
    private readonly NeighbourRecall recall;
    private readonly TextMemory? memory;
    private readonly Dictionary<int, StoredAttention> stored = [];     // by layer, [lane, ...]
    private readonly Sampling[] sampling;
    private readonly WrittenTexts written;
    private readonly long[] last;           // [lane, length]: the tokens of the last sample
    private readonly byte[] net;            // [lane, 32]: the fingerprint that wrote all this
    private double[]? chances;              // [lane]: of the answer

    public Gpt2TextCohort(Lanes lanes) : base(lanes)
    {
        encoding = Usable(() => TextFiles.Encoding);
        model = Usable(() => Gpt2Models.Borrow(Word("weights"), lanes.Device));
        gpt = new Gpt(model.Shape, model.Weights);
        (method, prompt, answer) = (Word("method"), "\n" + Word("prompt"), " " + Word("answer"));
        length = lanes.Size("new_tokens");
        recall = Recall();
        var text = encoding.Encode("\n" + StoredText());
        var asked = encoding.Encode(prompt);
        context = method == "context" ? [.. text, .. asked] : asked;
        Demand(context.Length + length <= model.Shape.Context && text.Length <= model.Shape.Context,
            $"the net reads {model.Shape.Context} tokens; prompt and new tokens are "
            + $"{context.Length + length}, the text {text.Length}: shorten them");
        if (method is not ("none" or "context")) memory = Store(text);
        sampling = lanes.Each(lane =>
            new Sampling(lane.Real("temperature"), (int)lane.Integer("top_k")));
        written = new WrittenTexts(lanes, State);
        last = State.Add("last", new long[lanes.Count * length]);
        net = State.Add("net", lanes.Each(_ => Convert.FromHexString(model.Fingerprint))
            .SelectMany(own => own).ToArray());
    }

    public override void Step(long step)
    {
        Demand(net.AsSpan(0, 32).SequenceEqual(Convert.FromHexString(model.Fingerprint)),
            $"{Word("weights")} holds another net than the one that this trial began with");
        using var still = Autograd.NoGrad();
        var rows = Lanes.Each(_ => new List<long>(context));
        var traces = new List<RecallTrace>();
        for (var i = 0; i < length; i++)
        {
            using var scope = new TensorScope();
            traces.Add(new RecallTrace());
            var logits = Predict(rows, traces[^1]);
            for (var k = 0; k < Lanes.Count; k++)
                rows[k].Add(Sampling.Draw(sampling[k].Chances(Own(logits, k)),
                    Lanes[k].Stream("sample").UniformDouble(step, i)));
        }
        var losses = PlainLosses(rows);
        for (var k = 0; k < Lanes.Count; k++) Judge(k, rows[k], losses[k], traces);
    }

    public override void Begin(PhaseStart start, long step) { }

    public override double[][] Measure(long steps, Evaluation what)
    {
        chances ??= AnswerChances();
        return Lanes.Each((k, _) => written.Of(k, chances[k]));
    }

    public override IReadOnlyList<NamedArray> Records(long steps) =>
        [NamedArray.Of<long>("written", last, Lanes.Count, length)];

    public override LaneMemory? Memory(int lane, long steps)
    {
        var own = last.AsSpan(lane * length, length).ToArray();
        var wrote = steps == 0 ? "nothing yet" : TextMemory.Shown(encoding.Decode(own));
        return memory is null
            ? new LaneMemory([("method", method), ("wrote", wrote)], [])
            : memory.Content(encoding, ("method", method), ("wrote", wrote));
    }

    public override void Dispose()
    {
        foreach (var layer in stored.Values) layer.Free();
        foreach (var layer in memory?.Layers.Values ?? []) layer.Free();
        Gpt2Models.GiveBack(model);
        base.Dispose();
    }

    private string Word(string setting) => Lanes[0].Text(setting);

    private string StoredText()
    {
        if (Word("text_file") is not { Length: > 0 } path) return Word("text");
        return Usable(() => File.ReadAllText(path)).Trim();
    }

    private NeighbourRecall Recall() => new(
        Lanes[0].Real("bookkeeping_filter"), Lanes[0].Real("minimum_factor"),
        Lanes[0].Real("sharpness"),
        method is "type1" or "replace" ? 0 : Lanes[0].Real("residual"),
        Lanes.Size("neighbours"), WithOwn: method is "type1" or "type3");

    // Lanes that shuffle have each their own order.
    private TextMemory Store(long[] text)
    {
        using var scope = new TensorScope();
        var layers = Lanes.Sizes("active_layers").Select(layer => layer - 1).ToArray();
        Demand(layers.Max() < model.Shape.Layers, $"active_layers has {layers.Max() + 1}, the net "
            + $"has {model.Shape.Layers}");
        var built = TextMemory.Build(gpt, model.Fingerprint, encoding.Fingerprint, text, layers,
            Lanes.Flag("drop_first") ? 1 : 0, Lanes.Flag("self_retrieval") ? recall : null);
        foreach (var (layer, own) in built.Layers)
        {
            own.Keep();
            stored[layer] = own.ForLanes(Lanes.Count);
            if (Word("memory") == "shuffled")
                stored[layer] = stored[layer].Shuffled(Lanes.Each(lane => new Draw(
                    lane.Stream("shuffle"), 0, 0).Distinct((int)own.Rows, (int)own.Rows)));
            stored[layer].Keep();
        }
        return built;
    }

    // [lane, vocabulary], after the last token of each row.
    private float[] Predict(List<long>[] rows, RecallTrace trace) =>
        gpt.LastLogits(Tokens(rows), (layer, own) => trace.Note(own,
            stored.TryGetValue(layer, out var store) ? recall.Mix(own, store) : null))
            .Contiguous().ToArray<float>();

    private Tensor Tokens(List<long>[] rows) => Tensor.From(
        rows.SelectMany(row => row).ToArray(), [Lanes.Count, 1, rows[0].Count], Lanes.Device);

    private ReadOnlySpan<float> Own(float[] logits, int lane) =>
        logits.AsSpan(lane * model.Shape.Vocabulary, model.Shape.Vocabulary);

    // Each lane's mean surprise at what was written, without a memory.
    private double[] PlainLosses(List<long>[] rows)
    {
        using var scope = new TensorScope();
        var tokens = Tokens(rows);
        var (time, words) = (rows[0].Count, model.Shape.Vocabulary);
        var logits = gpt.Logits(tokens).Narrow(2, context.Length - 1, length);
        var surprise = logits.Reshape(-1, words).LogSoftmax(1)
            .NllLoss(tokens.Narrow(2, time - length, length).Reshape(-1), Reduction.None)
            .View(Lanes.Count, length).ToArray<float>();
        return Lanes.Each((k, _) => surprise.Skip(k * length).Take(length).Average(x => (double)x));
    }

    private void Judge(int lane, List<long> row, double loss, List<RecallTrace> traces)
    {
        var own = row[context.Length..].ToArray();
        own.CopyTo(last, lane * length);
        var text = encoding.Decode(own);
        written.Add(lane, new WrittenText(
            loss, answer.Length > 1 && text.StartsWith(answer, StringComparison.Ordinal),
            TextFiles.Sentiment.Of(prompt + text),
            traces.Average(trace => trace.SelectedShare(lane)),
            traces.Average(trace => trace.Searches(lane)),
            traces.Average(trace => trace.Sink(lane))), own);
    }

    // Exactly, by the product over the answer's tokens; NaN where none is asked for.
    private double[] AnswerChances()
    {
        if (answer.Length == 1) return Lanes.Each(_ => double.NaN);
        using var still = Autograd.NoGrad();
        var product = Lanes.Each(_ => 1.0);
        var rows = Lanes.Each(_ => new List<long>(context));
        foreach (var token in encoding.Encode(answer))
        {
            using var scope = new TensorScope();
            var logits = Predict(rows, new RecallTrace());
            for (var k = 0; k < Lanes.Count; k++)
            {
                product[k] *= sampling[k].Chances(Own(logits, k))[token];
                rows[k].Add(token);
            }
        }
        return product;
    }

    private static void Demand(bool holds, string what)
    {
        if (!holds) throw new UnusableInputException(what);
    }

    // What is wrong with a file of the user's is not the checkpoint's fault, nor the disk's.
    private static T Usable<T>(Func<T> read)
    {
        try { return read(); }
        catch (Exception error) when (error is MalformedFileException or IOException
            or UnauthorizedAccessException or TextFileMissingException)
        {
            throw new UnusableInputException(error.Message, error);
        }
    }
}
