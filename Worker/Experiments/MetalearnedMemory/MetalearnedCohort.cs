using Mneme.Results;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Mneme.Worker.Nets;
using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>The step and the measures of <see cref="MetalearnedMemory"/>.</summary>
internal sealed class MetalearnedCohort : CohortModel
{
    // The sources call a task solved when all of this many batches were answered right.
    private const int SolvedRun = 20;

    private readonly int batch;
    private readonly MetalearnedNet net;
    private readonly Episodes episodes;
    private readonly Adam adam;
    private readonly Plateau plateau;
    private readonly TrainingLog log;
    private readonly Tensor clip;        // [lane]
    private readonly Tensor mean;        // [sample]: weight of a sample's loss
    private readonly Tensor weight;      // [time, sample]: of a write's error in the loss

    public MetalearnedCohort(Lanes lanes) : base(lanes)
    {
        batch = lanes.Size("batch_size");
        var kind = EpisodeKind.Of(lanes);
        net = new MetalearnedNet(lanes, State, kind);
        episodes = new Episodes(lanes, kind, batch);
        var rate = State.Add("learning_rate", lanes.Vector("learning_rate"));
        adam = State.Add("adam", new Adam(net.Parameters, rate));
        log = new TrainingLog(State, lanes.Count, batch, lanes.Device, run: SolvedRun);
        clip = State.Hold(lanes.Vector("clip"));
        mean = State.Hold(Tensor.Full([lanes.Count * batch], 1.0 / batch, device: lanes.Device));
        weight = State.Hold(Weights(kind.Times + (lanes.Flag("final_step") ? 1 : 0)));
        // Also where no rate is lowered: what a lane is must not depend on its neighbours.
        plateau = new Plateau(rate,
            State.Add("plateau/best", Tensor.Full(
                [lanes.Count], double.PositiveInfinity, device: lanes.Device)),
            State.Add("plateau/waited", Tensor.Zeros([lanes.Count], device: lanes.Device)),
            State.Hold(lanes.Vector("plateau_factor")),
            State.Hold(lanes.Vector("plateau_patience")));
    }

    public override void Step(long step)
    {
        var lesson = Study(episodes.At(step));
        log.Record(step, lesson.Surprise.Detach(), lesson.Hits);
        var (slopes, _) = Clip.GlobalNorm(lesson.Slopes, clip);
        adam.Step(slopes, log.Healthy);
        plateau.Observe(lesson.Loss.Detach().View(Lanes.Count, batch).Mean([1], false));
    }

    /// <summary>One episode, there and back again.</summary>
    internal Lesson Study(Episode episode)
    {
        var tape = new LinearTape();
        var trace = net.Run(episode, tape);
        var surprise = trace.Logits.LogSoftmax(1)
            .NllLoss(episode.Target, Reduction.None);                       // [sample]
        var loss = surprise + Reconstruction(trace);                        // [sample]
        // Summed over lanes, averaged over each lane's own batch: no lane sees another.
        return new Lesson(episode, trace, surprise, loss, net.Gradients(loss, mean, tape));
    }

    internal IEnumerable<Tensor> Parameters => net.Parameters;

    internal Episode EpisodeAt(long step) => episodes.At(step);

    /// <summary>The last step's episode once more, with the weights as they are now.</summary>
    public override double[][] Measure(long steps, Evaluation what)
    {
        var lesson = Study(episodes.At(Math.Max(steps - 1, 0)));
        var trace = lesson.Trace;
        var norms = Clip.Norm(lesson.Slopes).ToArray<float>();
        var (figures, rates) = (log.Figures(steps), Values(trace, moment => moment.Rate));
        var earlier = trace.Logits.ArgMax(1).Eq(lesson.Episode.Earlier);
        var moved = Moved(trace.Memory);
        var (scale, rate) = (net.EffectiveScale, adam.LearningRate.ToArray<float>());
        var (before, after) = (Values(trace, m => m.Before), Values(trace, m => m.After));
        return Lanes.Each((k, _) => new[]
        {
            figures.Loss[k], figures.Accuracy[k], figures.FirstRun[k],
            before[k].Average(), after[k].Average(), rates[k].Average(), Spread(rates[k]),
            Lanes.MeanOf(scale, k), Lanes.MeanOf(moved[0], k), Lanes.MeanOf(moved[1], k),
            Lanes.MeanOf(moved[2], k), norms[k], Lanes.MeanOf(earlier, k), rate[k],
        });
    }

    /// <summary>What the memories of the last step's batch held at the end of their episodes, with
    /// the weights as they are now.</summary>
    public override LaneMemory? Memory(int lane, long steps)
    {
        var trace = net.Run(episodes.At(Math.Max(steps - 1, 0)), new LinearTape());
        var norms = Moved(trace.Memory).Select(norm => $"{Lanes.MeanOf(norm, lane):0.###}");
        return new LaneMemory(
            [
                ("layers", $"{MemoryController.Depth}, of each sample its own"),
                ("moved from the start", string.Join(" + ", norms)),
                ("carried over a turn", Lanes[lane].Text("carry")),
            ],
            [.. trace.Memory.Weights.Select((weights, l) =>
            {
                var own = weights.Detach().Narrow(0, (long)lane * batch, batch).Contiguous();
                return NamedArray.Of<float>(
                    $"layer{l + 1}", own.ToArray<float>(), own.Shape.ToArray());
            })]);
    }

    public override long? DivergedAt(int lane) => log.DivergedAt(lane);

    private Tensor Reconstruction(EpisodeTrace trace) =>
        (Tensor.Stack(0, [.. trace.Moments.Select(m => m.After)]) * weight).Sum(0);  // [sample]

    // How far every sample's memory is from its start, by layer.   // [sample]
    private Tensor[] Moved(NeuralMemory memory) => [.. memory.Weights.Zip(net.Empty().Weights,
        (now, start) => (now - start).Detach().Square().Sum(1, 2).Sqrt())];

    // By lane, over times and samples.
    private double[][] Values(EpisodeTrace trace, Func<EpisodeMoment, Tensor> of)
    {
        var all = trace.Moments.Select(moment =>
            of(moment).Detach().Reshape(Lanes.Count, -1).Contiguous().ToArray<float>()).ToArray();
        return Lanes.Each((k, _) => all.SelectMany(values =>
            values.AsSpan(k * (values.Length / Lanes.Count), values.Length / Lanes.Count).ToArray())
            .Select(value => (double)value).ToArray());
    }

    private static double Spread(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }

    private Tensor Weights(int times)
    {
        var weights = new float[times * Lanes.Count * batch];
        for (var i = 0; i < weights.Length; i++)
        {
            var (time, sample) = Math.DivRem(i, Lanes.Count * batch);
            var lane = Lanes[sample / batch];
            var share = lane.Text("reconstruction") == "mean" ? 1.0 / times
                : time == times - 1 ? 1 : 0;
            weights[i] = (float)(lane.Real("reconstruction_weight") * share);
        }
        return Tensor.From(weights, [times, Lanes.Count * batch], Lanes.Device);
    }
}

/// <summary>What one episode taught.</summary>
/// <param name="Surprise">-ln p(the right answer).   // [sample]</param>
/// <param name="Loss">With what the writes missed.   // [sample]</param>
/// <param name="Slopes">Of the net's parameters.</param>
internal sealed record Lesson(
    Episode Episode, EpisodeTrace Trace, Tensor Surprise, Tensor Loss, Tensor[] Slopes)
{
    public Tensor Hits => Trace.Logits.ArgMax(1).Eq(Episode.Target);        // [sample]
}
