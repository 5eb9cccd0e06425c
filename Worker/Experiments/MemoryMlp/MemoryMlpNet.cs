using System.Collections.Immutable;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Mneme.Worker.Nets;
using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>The net of <see cref="MemoryMlp"/>: ordinary neurons beside memory neurons in every
/// hidden layer. In the shapes, lane is K, batch is B, and sample is K * B: every sample of every
/// lane has a memory of its own.</summary>
internal sealed class MemoryMlpNet
{
    private readonly int lanes, batch, vocab;
    private readonly ImmutableArray<int> hidden, memory;

    private readonly Tensor embedding;       // [lane, 1, embed]: of token 0; no other row is read
    private readonly Linear[] ordinary;      // [lane, in, hidden], [lane, 1, hidden]
    private readonly Linear head;            // [lane, hidden + memory, vocab]
    private readonly Linear memoryHead;      // [lane, hidden + memory, vocab]: frozen at its start

    public MemoryMlpNet(Lanes lanes, LaneState state)
    {
        (this.lanes, batch) = (lanes.Count, lanes.Size("batch_size"));
        vocab = lanes.Size("vocab_size");
        (hidden, memory) = (lanes.Sizes("hidden_dims"), lanes.Sizes("memory_dims"));
        int[] inputs = [lanes.Size("embedding_dim"), .. hidden.Zip(memory, (h, m) => h + m)];

        embedding = state.Add("embedding", lanes.Draw("init/embedding", [1, inputs[0]],
            (stream, row) => stream.FillNormal(0, row)));
        ordinary = [.. hidden.Select((h, i) => new Linear(
            Drawn($"weight{i}", inputs[i], h, fanIn: inputs[i]),
            Drawn($"bias{i}", 1, h, fanIn: inputs[i])))];
        head = new Linear(Drawn("head", inputs[^1], vocab, fanIn: inputs[^1]), null);
        memoryHead = new Linear(Drawn("memory_head", inputs[^1], vocab, fanIn: inputs[^1]), null);
        memoryHead.Weight.MulInPlace(
            lanes.Coefficient(lane => lane.Text("memory_head") == "zero" ? 0 : 1));
        Start = new EpisodicWeights(
            [.. memory.Select((m, i) => Zeros($"memory/weight{i}", inputs[i], m))],
            [.. memory.Select((m, i) => Zeros($"memory/bias{i}", 1, m))]);
        embedding.RequireGrad();

        // torch's Linear: weights and biases uniform in +-1/sqrt(fan in).
        Tensor Drawn(string name, int rows, int columns, int fanIn) => state.Add(name, lanes.Draw(
            $"init/{name}", [rows, columns],
            (stream, values) => stream.FillUniform(0, 1 / MathF.Sqrt(fanIn), values)));

        // One memory per sample, kept by lane: [lane, batch * in * memory] seen as [sample, in,
        // memory].
        Tensor Zeros(string name, int rows, int columns) => state.Hold(state
            .Add(name, Tensor.Zeros([lanes.Count, batch, rows, columns], device: lanes.Device))
            .View(lanes.Count * batch, rows, columns));
    }

    private int Samples => lanes * batch;

    /// <summary>Trained by the outer optimiser: the memory and its head are not.</summary>
    public IEnumerable<Tensor> Parameters =>
        [embedding, .. Trained.SelectMany(layer => layer.Parameters)];

    private IEnumerable<Linear> Trained => [.. ordinary, head];

    /// <summary>What a step's memory begins with: zero, unless a lane never resets.</summary>
    public EpisodicWeights Start { get; }

    /// <summary>The first layer's ordinary neurons, which do not depend on the memory: once per
    /// step.</summary>
    public First FirstLayer(LinearTape tape) => new(
        embedding.Expand(lanes, batch, -1).Reshape(Samples, 1, -1),
        ordinary[0].Apply(embedding, tape).Gelu().Expand(lanes, batch, -1));

    /// <summary>Predictions of the target.   // [sample, vocab]</summary>
    public Tensor Predict(First first, EpisodicWeights weights, LinearTape tape) =>
        Logits(first, weights, head, tape);

    /// <summary>Reconstructions of what was written, through the frozen head.   // [sample,
    /// vocab]</summary>
    public Tensor Reconstruct(First first, EpisodicWeights weights, LinearTape? tape) =>
        Logits(first, weights, memoryHead, tape);

    /// <summary>Pre-activations of the first layer's memory neurons.   // [lane, batch,
    /// memory]</summary>
    public Tensor Recall(First first, EpisodicWeights weights) => Recall(first.Input, weights, 0);

    /// <summary>Gradients of <see cref="Parameters"/>.</summary>
    /// <param name="loss">[sample]</param>
    /// <param name="share">Weight of each sample's loss.   // [sample]</param>
    public Gradient[] Gradients(Tensor loss, Tensor share, LinearTape tape)
    {
        var slopes = Autograd.Grad([loss], [embedding, .. tape.Outputs], [share]);
        return
        [
            slopes[0], .. Trained.SelectMany(layer => tape.GradientsOf(layer, slopes.AsMemory(1))),
        ];
    }

    private Tensor Logits(First first, EpisodicWeights weights, Linear output, LinearTape? tape)
    {
        var x = Tensor.Cat(2, first.Ordinary, Recall(first.Input, weights, 0).Gelu());
        for (var i = 1; i < ordinary.Length; i++)
        {
            var recalled = Recall(x.Reshape(Samples, 1, -1), weights, i).Gelu();
            x = Tensor.Cat(2, ordinary[i].Apply(x, tape).Gelu(), recalled);
        }
        // x: [lane, batch, hidden + memory]
        return output.Apply(x, output == head ? tape : null).View(Samples, vocab);
    }

    private Tensor Recall(Tensor input, EpisodicWeights weights, int layer) =>
        weights.Read(layer, input).View(lanes, batch, memory[layer]);
}

/// <summary>A step's input and the first layer's answer to it.</summary>
/// <param name="Input">The embedding of token 0.   // [sample, 1, embed]</param>
/// <param name="Ordinary">Activations of the ordinary neurons.   // [lane, batch, hidden]</param>
internal sealed record First(Tensor Input, Tensor Ordinary)
{
    public First Detach() => new(Input.Detach(), Ordinary.Detach());
}
