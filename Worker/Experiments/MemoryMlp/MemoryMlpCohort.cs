using Mneme.Results;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Mneme.Worker.Nets;
using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>The step and the measures of <see cref="MemoryMlp"/>.</summary>
internal sealed class MemoryMlpCohort : CohortModel
{
    private readonly int batch;
    private readonly bool secondOrder;
    private readonly MemoryMlpNet net;
    private readonly MemoryMlpTokens tokens;
    private readonly WriteStep[] writes;
    private readonly Adam adam;
    private readonly TrainingLog log;
    private readonly Tensor one, mean;      // [sample]: weight of a sample's loss, inner and outer
    private readonly Tensor? keeps;         // [sample, 1, 1]: of lanes that never reset; null: none

    public MemoryMlpCohort(Lanes lanes) : base(lanes)
    {
        (batch, secondOrder) = (lanes.Size("batch_size"), lanes.Flag("second_order"));
        net = new MemoryMlpNet(lanes, State);
        tokens = new MemoryMlpTokens(lanes, State, batch, lanes.Size("vocab_size"));
        writes = WriteStep.Of(lanes, State, batch);
        adam = State.Add("adam",
            new Adam(net.Parameters, State.Hold(lanes.Vector("learning_rate"))));
        log = new TrainingLog(State, lanes.Count, batch, lanes.Device);
        one = State.Hold(Tensor.Ones([lanes.Count * batch], device: lanes.Device));
        mean = State.Hold(one / batch);
        var never = lanes.Each(lane => lane.Text("reset") == "never");
        if (never.Contains(true)) keeps = State.Hold(lanes.PerSample(never, batch));
    }

    public override void Step(long step)
    {
        var (written, target) = tokens.At(step);                            // [sample], [sample]
        var tape = new LinearTape();
        var first = net.FirstLayer(tape);
        var memory = Write(first, written, tape);
        var logits = net.Predict(first, memory, tape);                      // [sample, vocab]
        var loss = Surprise(logits, target);                                // [sample]
        log.Record(step, loss.Detach(), logits.ArgMax(1).Eq(target));       // before the update
        // Summed over lanes, averaged over each lane's own batch: no lane sees another.
        adam.Step(net.Gradients(loss, mean, tape), log.Healthy);
        if (keeps is not null) net.Start.KeepFrom(memory, keeps);
    }

    /// <summary>Writes the last token once more, with the weights as they are now.</summary>
    public override double[][] Measure(long steps, Evaluation what)
    {
        var (written, _) = tokens.At(steps - 1);
        var first = net.FirstLayer(new LinearTape());
        var memory = Write(first, written, new LinearTape()).Detach();
        var reconstruction = Surprise(net.Reconstruct(first, memory, tape: null), written);
        var recalled = net.Recall(first, memory);                           // [lane, batch, memory]
        var silent = recalled.Gelu().Abs().Lt(1e-3);
        var figures = log.Figures(steps);
        return Lanes.Each((k, _) => new[]
        {
            figures.Loss[k], figures.Accuracy[k],
            Lanes.MeanOf(reconstruction, k), Lanes.MeanOf(recalled.Abs(), k),
            Lanes.MeanOf(silent, k), figures.FirstRun[k],
        });
    }

    /// <summary>What the last token leaves behind, written with the weights as they are now; of a
    /// lane that never resets, what it goes on with.</summary>
    public override LaneMemory? Memory(int lane, long steps)
    {
        var isReset = Lanes[lane].Text("reset") != "never";
        var written = steps > 0 ? tokens.At(steps - 1).Written : null;
        var memory = written is null || !isReset ? net.Start
            : Write(net.FirstLayer(new LinearTape()), written, new LinearTape()).Detach();
        return MemoryMlpMemory.Of(lane, batch, memory, written, isReset);
    }

    public override long? DivergedAt(int lane) => log.DivergedAt(lane);

    /// <summary>Trains the memory neurons alone to reconstruct the token through the frozen
    /// head.</summary>
    /// <param name="tape">Of the outer pass: a second-order gradient runs through the write
    /// too.</param>
    internal EpisodicWeights Write(First first, Tensor token, LinearTape tape)
    {
        var reader = secondOrder ? first : first.Detach();
        var memory = net.Start.Leaves();
        foreach (var write in writes)
        {
            var loss = Surprise(
                net.Reconstruct(reader, memory, secondOrder ? tape : null), token); // [sample]
            var slopes = Autograd.Grad([loss], memory.All, [one], createGraph: secondOrder);
            memory = Descend(memory, slopes, write);
        }
        return secondOrder ? memory : memory.Detach();
    }

    private EpisodicWeights Descend(EpisodicWeights memory, Tensor[] slopes, WriteStep write)
    {
        if (secondOrder) return memory.Descend(slopes, write);
        using (Autograd.NoGrad()) memory = memory.Descend(slopes, write);
        return memory.Leaves();
    }

    // -ln p(token) of every sample.   // [sample]
    private static Tensor Surprise(Tensor logits, Tensor token) =>
        logits.LogSoftmax(1).NllLoss(token, Reduction.None);
}
