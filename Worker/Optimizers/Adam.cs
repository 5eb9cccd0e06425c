using Mneme.Worker.Torch;

namespace Mneme.Worker.Optimizers;

/// <summary>
/// Adam with moments, a step counter and a learning rate for each lane (Kingma and Ba 2015,
/// algorithm 1; with weight decay AdamW, Loshchilov and Hutter 2019). Every tensor has the lane
/// axis first. On the CPU, in float32, a step is one pass over memory; elsewhere it is composed
/// of operators and agrees to about 1e-6.
/// </summary>
public sealed class Adam : IDisposable
{
    private readonly Tensor[] parameters;
    private readonly Tensor[] means;
    private readonly Tensor[] variances;
    private readonly bool isFused;

    /// <param name="parameters">Each [lane, ...], without gaps inside a lane. They stay the
    /// caller's and are updated in place.</param>
    /// <param name="learningRate">[lane]; read at every step, so it may be overwritten.</param>
    public Adam(IEnumerable<Tensor> parameters, Tensor learningRate)
    {
        this.parameters = [.. parameters];
        LearningRate = learningRate;
        means = [.. this.parameters.Select(p => p.Detach().ZerosLike().Keep())];
        variances = [.. this.parameters.Select(p => p.Detach().ZerosLike().Keep())];
        Steps = Tensor.Zeros(learningRate.Shape, DType.Int64, learningRate.Device).Keep();
        isFused = this.parameters.All(p => p.DType == DType.Float32 && p.Device.IsCpu);
    }

    public Tensor LearningRate { get; }

    /// <summary>[lane], or null for none.</summary>
    public Tensor? WeightDecay { get; init; }

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-8;

    /// <summary>[lane] int64: the updates that each lane has had.</summary>
    public Tensor Steps { get; }

    /// <summary>First moments, in the order of the parameters; state to checkpoint.</summary>
    public IReadOnlyList<Tensor> Means => means;

    /// <summary>Second moments; state to checkpoint.</summary>
    public IReadOnlyList<Tensor> Variances => variances;

    /// <summary>Updates every parameter.</summary>
    /// <param name="gradients">In the order of the parameters.</param>
    /// <param name="active">[lane] bool; the others keep every bit. Null for all.</param>
    public void Step(ReadOnlySpan<Gradient> gradients, Tensor? active = null)
    {
        if (gradients.Length != parameters.Length)
            throw new TorchException(
                $"adam: {gradients.Length} gradients for {parameters.Length} parameters");
        if (isFused)
            StepFused(gradients, active);
        else
            ComposedAdam.Step(this, parameters, gradients, active);
    }

    /// <summary>The same for whole gradients, as <see cref="Autograd.Grad"/> gives them.</summary>
    public void Step(ReadOnlySpan<Tensor> gradients, Tensor? active = null)
    {
        var list = new Gradient[gradients.Length];
        for (int i = 0; i < list.Length; i++) list[i] = gradients[i];
        Step(list, active);
    }

    public void Dispose()
    {
        foreach (var tensor in means.Concat(variances)) tensor.Dispose();
        Steps.Dispose();
    }

    private void StepFused(ReadOnlySpan<Gradient> gradients, Tensor? active)
    {
        var entries = new FusedAdam.Entry[parameters.Length];
        for (int i = 0; i < entries.Length; i++)
            entries[i] = new(
                parameters[i], means[i], variances[i], gradients[i].Whole, gradients[i].X,
                gradients[i].Delta);
        FusedAdam.Step(
            entries, LearningRate, WeightDecay, Steps, active, (Beta1, Beta2, Epsilon));
    }
}
