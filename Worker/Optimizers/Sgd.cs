using Mneme.Worker.Torch;

namespace Mneme.Worker.Optimizers;

/// <summary>Stochastic gradient descent with a learning rate, and a momentum if one is given, for
/// each lane: <c>b = momentum b + g; p -= rate b</c>, as torch.optim.SGD.</summary>
public sealed class Sgd : IDisposable
{
    private readonly Tensor[] parameters;
    private readonly Tensor[] buffers;
    private readonly Tensor learningRate;
    private readonly Tensor? momentum;

    /// <param name="parameters">Each [lane, ...]; updated in place.</param>
    /// <param name="learningRate">[lane]; read at every step.</param>
    /// <param name="momentum">[lane], or null for none.</param>
    public Sgd(IEnumerable<Tensor> parameters, Tensor learningRate, Tensor? momentum = null)
    {
        this.parameters = [.. parameters];
        (this.learningRate, this.momentum) = (learningRate, momentum);
        buffers = momentum is null
            ? []
            : [.. this.parameters.Select(p => p.Detach().ZerosLike().Keep())];
    }

    /// <summary>Momentum buffers, in the order of the parameters; state to checkpoint.</summary>
    public IReadOnlyList<Tensor> Buffers => buffers;

    /// <param name="gradients">In the order of the parameters.</param>
    /// <param name="active">[lane] bool; the others keep every bit. Null for all.</param>
    public void Step(ReadOnlySpan<Tensor> gradients, Tensor? active = null)
    {
        using var scope = new TensorScope();
        using var noGrad = Autograd.NoGrad();
        for (int i = 0; i < parameters.Length; i++)
        {
            var direction = momentum is null
                ? gradients[i]
                : Assign(buffers[i], buffers[i] * Along(momentum, i) + gradients[i], active, i);
            Assign(
                parameters[i], parameters[i] - Along(learningRate, i) * direction, active, i);
        }
    }

    public void Dispose()
    {
        foreach (var buffer in buffers) buffer.Dispose();
    }

    private Tensor Assign(Tensor target, Tensor value, Tensor? active, int index) =>
        target.CopyFrom(
            active is null ? value : Tensor.Where(Along(active, index), value, target));

    /// <summary>[lane] -> [lane, 1, ...]</summary>
    private Tensor Along(Tensor perLane, int index)
    {
        var shape = Enumerable.Repeat(1L, parameters[index].Rank).ToArray();
        shape[0] = -1;
        return perLane.View(shape);
    }
}
