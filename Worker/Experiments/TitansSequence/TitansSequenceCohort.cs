using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>The step and the measures of <see cref="TitansSequence"/>.</summary>
internal sealed class TitansSequenceCohort : CohortModel
{
    private readonly TokenTask task;
    private readonly TitansBlock block;
    private readonly string[] names;
    private readonly Tensor[] weights;
    private readonly Adam adam;
    private readonly Tensor clip;           // [lane]
    private readonly TrainingLog log;

    public TitansSequenceCohort(Lanes lanes) : base(lanes)
    {
        task = new TokenTask(lanes);
        block = new TitansBlock(lanes, State, task.Vocabulary);
        (names, weights) = (block.Weights.Names, block.Weights.All);
        adam = State.Add("adam", new Adam(weights, State.Hold(lanes.Vector("learning_rate"))));
        clip = State.Hold(lanes.Vector("clip"));
        log = new TrainingLog(State, lanes.Count, 1, lanes.Device, DType.Float32);
    }

    internal string[] Names => names;

    internal Tensor[] Weights => weights;

    internal TokenWindow WindowAt(long step) => task.At(step);

    internal Tensor Logits(Tensor tokens) => block.Run(tokens).Logits;

    public override void Begin(PhaseStart start, long step) => log.Restart(step);

    public override void Step(long step)
    {
        var lesson = Study(task.At(step));
        log.Record(step, lesson.Loss.Detach(), Share(lesson.Right, lesson.Window.Weight));
        var (slopes, _) = Clip.GlobalNorm(lesson.Slopes, clip);
        adam.Step(slopes, log.Healthy);
    }

    /// <summary>One batch, there and back again.</summary>
    internal TokenLesson Study(TokenWindow window)
    {
        var trace = block.Run(window.Tokens);
        var rows = trace.Logits.View(-1, task.Vocabulary);
        var surprise = rows.LogSoftmax(1).NllLoss(window.Next.Reshape(-1), Reduction.None)
            .View(window.Next.Shape);                                       // [lane, batch, T]
        var loss = Share(surprise, window.Weight);
        var right = rows.Detach().ArgMax(1).Eq(window.Next.Reshape(-1)).To(DType.Float32)
            .View(window.Next.Shape);
        // Summed over lanes, averaged over each lane's own tokens: no lane sees another. What a
        // variant does not use has no gradient.
        var slopes = Autograd.Grad([loss], weights, [loss.Detach().OnesLike()], allowUnused: true);
        return new TokenLesson(window, trace, loss, right, slopes);
    }

    /// <summary>The last step's batch once more, with the weights as they are now.</summary>
    public override double[][] Measure(long steps, Evaluation what)
    {
        var lesson = Study(task.At(Math.Max(steps - 1, 0)));
        var figures = log.Figures(steps);
        var quarter = lesson.Window.Weight.Size(2) / 4;
        var (early, late) = (Part(lesson, 0, quarter),
            Part(lesson, lesson.Window.Weight.Size(2) - quarter, quarter));
        float[][] norms = [.. new[] { "key", "value", "query" }.Select(name =>
            Clip.Norm([lesson.Slopes[Array.IndexOf(names, name)]]).ToArray<float>())];
        return Lanes.Each((k, _) =>
        {
            double Mean(IEnumerable<Tensor> parts) => parts.Select(
                part => Lanes.MeanOf(part.Detach(), k)).DefaultIfEmpty(double.NaN).Average();
            return (double[])
            [
                figures.Loss[k], figures.Accuracy[k], early[k], late[k],
                .. norms.Select(norm => block.HasMemory ? norm[k] : double.NaN),
                Mean(lesson.Trace.Before), Mean(lesson.Trace.After),
                .. Enumerable.Range(0, 3).Select(
                    i => Mean(lesson.Trace.Rates.Select(rates => rates.Narrow(2, i, 1)))),
            ];
        });
    }

    public override long? DivergedAt(int lane) => log.DivergedAt(lane);

    private static float[] Part(TokenLesson lesson, long from, long length) => Share(
        lesson.Right.Narrow(2, from, length), lesson.Window.Weight.Narrow(2, from, length))
        .ToArray<float>();

    // The mean where it counts; NaN where nothing does.   // [lane]
    private static Tensor Share(Tensor values, Tensor weight) =>
        (values * weight).Sum([1, 2], false) / weight.Sum([1, 2], false);
}

/// <summary>What one batch taught.</summary>
/// <param name="Loss">[lane]</param>
/// <param name="Right">[lane, batch, T]</param>
internal sealed record TokenLesson(
    TokenWindow Window, BlockTrace Trace, Tensor Loss, Tensor Right, Tensor[] Slopes);
