using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;

namespace Mneme.Benchmarks;

/// <summary>The memory-MLP step at its defaults, for K lanes: the workload of the benchmark.
/// Autograd is asked for the gradients of what the linear layers gave, not of their weights; the
/// optimiser multiplies those out while it updates, so [lane, in, out] gradients never exist.
/// </summary>
internal sealed class MemoryMlpStep : IDisposable
{
    private const long Vocab = 2, Embed = 64, Hidden = 128, Memory = 2, Batch = 1;
    private const int Drawn = 64;

    private readonly Tensor embedding;       // [lane, 1, embed]: the row of token 0
    private readonly Tensor weight;          // [lane, embed, hidden]
    private readonly Tensor bias;            // [lane, 1, hidden]
    private readonly Tensor head;            // [lane, hidden + memory, vocab]
    private readonly Tensor red;             // [lane, hidden + memory, vocab], frozen
    private readonly Tensor redOfBlue;       // its rows of the ordinary neurons
    private readonly Tensor redOfGreen;      // [lane, vocab, memory]: of the memory neurons
    private readonly Tensor memoryRate;      // [lane, 1, 1]
    private readonly Tensor none;            // [lane, batch, memory] zeros
    private readonly Tensor perSample;       // [lane * batch]: 1 / batch
    private readonly Tensor bits;            // [drawn, lane, batch, vocab], one-hot
    private readonly Tensor targets;         // [drawn, lane * batch]
    private readonly Adam adam;
    private int step;

    internal MemoryMlpStep(long lanes)
    {
        using var scope = new TensorScope();
        embedding = Uniform(1.7, lanes, 1, Embed).RequireGrad().Keep();
        weight = Uniform(1 / Math.Sqrt(Embed), lanes, Embed, Hidden).Keep();
        bias = Uniform(1 / Math.Sqrt(Embed), lanes, 1, Hidden).Keep();
        head = Uniform(1 / Math.Sqrt(Hidden + Memory), lanes, Hidden + Memory, Vocab).Keep();
        red = Uniform(1 / Math.Sqrt(Hidden + Memory), lanes, Hidden + Memory, Vocab).Keep();
        redOfBlue = red.Narrow(1, 0, Hidden).Keep();
        redOfGreen = red.Narrow(1, Hidden, Memory).Keep();
        memoryRate = Tensor.Full([lanes, 1, 1], -10).Keep();
        none = Tensor.Zeros([lanes, Batch, Memory]).Keep();
        perSample = Tensor.Full([lanes * Batch], 1.0 / Batch).Keep();
        var drawn = Uniform(1, Drawn, lanes, Batch).Gt(0).To(DType.Int64);
        bits = Operators.Call("aten::one_hot", "", drawn, Vocab).To(DType.Float32).Keep();
        targets = (1 - drawn).View(Drawn, -1).Keep();
        adam = new Adam([embedding, weight, bias, head], Tensor.Full([lanes], 1e-3).Keep());
        Losses = Tensor.Zeros([lanes]).Keep();
        Hits = Tensor.Zeros([lanes], DType.Int64).Keep();
    }

    /// <summary>Sums over steps: [lane].</summary>
    internal Tensor Losses { get; }

    internal Tensor Hits { get; }

    internal void Step()
    {
        using var scope = new TensorScope();
        int now = step++ % Drawn;
        Tensor bit = bits.Select(0, now), target = targets.Select(0, now);

        // The ordinary neurons do not depend on the memory: once for the write and the read.
        var blue = bias.BAddBmm(embedding, weight);                    // [lane, 1, hidden]
        var active = blue.Gelu();

        var (memory, memoryBias) = Write(active.Detach(), bit);

        var green = memoryBias.BAddBmm(embedding, memory);             // [lane, batch, memory]
        var neurons = Tensor.Cat(2, active, green.Gelu());             // [lane, batch, all]
        var logits = neurons.Bmm(head).RequireGrad();                  // [lane, batch, vocab]
        var loss = logits.View(-1, Vocab).CrossEntropy(target, Reduction.None);
        var gradients = Autograd.Grad([loss], [embedding, blue, logits], [perSample]);
        adam.Step([
            gradients[0], Gradient.Outer(embedding, gradients[1]), gradients[1],
            Gradient.Outer(neurons, gradients[2])]);
        using var noGrad = Autograd.NoGrad();
        Losses.AddInPlace(loss);
        Hits.AddInPlace(logits.View(-1, Vocab).ArgMax(1).Eq(target));
    }

    // One SGD step of the memory neurons from zero, by hand: u = 0 makes their activation 0.
    private (Tensor Weight, Tensor Bias) Write(Tensor active, Tensor bit)
    {
        using var noGrad = Autograd.NoGrad();
        var error = active.Bmm(redOfBlue).Softmax(2) - bit;            // [lane, batch, vocab]
        var delta = error.Bmm(redOfGreen.Transpose(1, 2));             // [lane, batch, memory]
        delta = Operators.Call("aten::gelu_backward", "", delta, none);
        var change = delta * memoryRate;
        return (embedding.Detach().Transpose(1, 2).Bmm(change), change);
    }

    public void Dispose()
    {
        Tensor[] all = [
            embedding, weight, bias, head, red, redOfBlue, redOfGreen, memoryRate, none, perSample,
            bits, targets, Losses, Hits, adam.LearningRate];
        foreach (var tensor in all) tensor.Dispose();
        adam.Dispose();
    }

    private static Tensor Uniform(double bound, params ReadOnlySpan<long> shape) =>
        (Operators.Call("aten::rand", "", shape) * 2 - 1) * bound;
}
