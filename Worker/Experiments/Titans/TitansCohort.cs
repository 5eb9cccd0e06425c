using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>Phases, steps and measures of <see cref="Titans"/>. Set A asks for the stored value, B
/// for minus it, C for it again, and so on.</summary>
internal sealed class TitansCohort : CohortModel
{
    private const string Training = "data", Testing = "evaluation";

    private readonly int batch, pairs, valueSize;
    private readonly TitansNet net;
    private readonly PairRecall data;
    private readonly Adam adam;
    private readonly TrainingLog log;
    private readonly RecentLosses recent;
    private readonly Tensor share;          // [sample]: weight of a sample's loss
    private readonly long[] present;        // [lane]: the set in training
    private readonly bool[] trained;        // [lane, set]

    public TitansCohort(Lanes lanes) : base(lanes)
    {
        (batch, pairs) = (lanes.Size("batch_size"), lanes.Size("pairs"));
        valueSize = lanes.Size("value_size");
        data = new PairRecall(lanes);
        net = new TitansNet(lanes, State, data.Width);
        adam = State.Add("adam", new Adam(net.Trained, State.Hold(lanes.Vector("learning_rate"))));
        log = new TrainingLog(State, lanes.Count, batch, lanes.Device, DType.Float32);
        recent = new RecentLosses(lanes, State, State.Hold(lanes.Vector("threshold")));
        share = State.Hold(Tensor.Full([lanes.Count * batch], 1.0 / batch, device: lanes.Device));
        present = State.Add("present", new long[lanes.Count]);
        trained = State.Add("trained", new bool[lanes.Count * lanes.Sets]);
    }

    public override void Begin(PhaseStart start, long step)
    {
        Array.Fill(present, start.Set);
        for (var k = 0; k < Lanes.Count; k++) trained[k * Lanes.Sets + start.Set] = true;
        log.Restart(step);
        recent.Restart();
    }

    public override void Step(long step)
    {
        var lesson = Study(data.At(Training, step));
        log.Record(step, lesson.Loss.Detach(), lesson.Right);
        recent.Record(step, lesson.Loss.Detach().View(Lanes.Count, batch).Mean([1], false));
        net.Keep(lesson.Telling);
        adam.Step(lesson.Slopes, log.Healthy);
    }

    /// <summary>One batch, there and back again.</summary>
    internal TitansLesson Study(Pairs told)
    {
        var telling = net.Tell(told);
        var answers = net.Ask(telling, told.Questions);                     // [sample, pair, value]
        var wanted = told.Values * Signs(present);
        var which = told.Asked.View(-1, 1, 1).Expand(-1, 1, valueSize);
        var (answer, target) = (answers.Gather(1, which), wanted.Gather(1, which));
        var loss = (answer - target).Square().Mean([1, 2], false);          // [sample]
        // Summed over lanes, averaged over each lane's own batch: no lane sees another.
        var slopes = Autograd.Grad([loss], net.Trained, [share], allowUnused: true);
        return new TitansLesson(telling, answers, wanted, loss, Right(answer, target), slopes);
    }

    internal Tensor[] Trained => net.Trained;

    internal Pairs PairsAt(long step) => data.At(Training, step);

    /// <summary>The last step's batch once more, with the weights as they are now; sets are judged
    /// by a batch of their own.</summary>
    public override double[][] Measure(long steps, Evaluation what)
    {
        var lesson = Study(data.At(Training, Math.Max(steps - 1, 0)));
        var norms = net.Norms(lesson.Slopes).ToArray();
        var (figures, means, reached) = (log.Figures(steps), recent.Means, recent.Reached);
        var telling = lesson.Telling;
        var reach = telling.Rates.Narrow(2, 0, 1) * 2.0
            * telling.Keys.Square().Sum([2], keepDimensions: true);
        var surprise = Clip.Norm([.. telling.Memory.Surprise.Select(s => s.Detach())]);  // [sample]
        Tensor[] rates = [.. Enumerable.Range(0, 3).Select(i => telling.Rates.Narrow(2, i, 1))];
        var (oldest, newest) = (Right(lesson, 0), Right(lesson, pairs - 1));
        var sets = OfSets(what);
        return Lanes.Each((k, _) =>
        {
            double Mean(Tensor values) => Lanes.MeanOf(values.Detach(), k);
            return (double[])
            [
                figures.Loss[k], figures.Accuracy[k], means[k], reached[k],
                .. norms.Select(norm => norm[k]),
                Mean(telling.Before), Mean(telling.After), .. rates.Select(Mean), Mean(surprise),
                Mean(oldest), Mean(newest), Mean(reach.Gt(2)), figures.Online[k], .. sets[k],
            ];
        });
    }

    /// <summary>What the memories of the last step's batch hold, with the weights as they are now.
    /// </summary>
    public override LaneMemory? Memory(int lane, long steps)
    {
        var telling = net.Tell(data.At(Training, Math.Max(steps - 1, 0)));
        return new LaneMemory(
            [
                ("pairs", $"{pairs}, told to each of {batch} samples"),
                ("inner loss, before", $"{Lanes.MeanOf(telling.Before.Detach(), lane):G4}"),
                ("inner loss, after", $"{Lanes.MeanOf(telling.After.Detach(), lane):G4}"),
            ],
            [
                .. telling.Memory.Weights.Select((weights, l) => Own($"layer{l}", weights)),
                .. telling.Memory.Surprise.Select((s, l) => Own($"surprise{l}", s)),
            ]);

        NamedArray Own(string name, Tensor all)
        {
            var own = all.Detach().Narrow(0, (long)lane * batch, batch).Contiguous();
            return NamedArray.Of<float>(name, own.ToArray<float>(), own.Shape.ToArray());
        }
    }

    public override long? DivergedAt(int lane) => log.DivergedAt(lane);

    // Of values of one sign, how many were answered with it.   // [sample]
    private static Tensor Right(Tensor answer, Tensor target) =>
        (answer * target).Gt(0).To(DType.Float32).Mean([1, 2], false);

    private static Tensor Right(TitansLesson lesson, int pair) => Right(
        lesson.Answers.Narrow(1, pair, 1), lesson.Wanted.Narrow(1, pair, 1));

    private static long SignOf(long set) => set % 2 == 0 ? 1 : -1;

    // By lane, each measure of sets for every set; NaN where a lane has not met it.
    private double[][] OfSets(Evaluation what)
    {
        using var still = Autograd.NoGrad();
        var told = data.At(Testing, 0);
        var answers = net.Ask(net.Tell(told), told.Questions);
        var bySet = Enumerable.Range(0, Lanes.Sets).Select(set =>
        {
            var wanted = told.Values * (double)SignOf(set);
            return (Right: Right(answers, wanted), Loss: (answers - wanted).Square());
        }).ToArray();
        return Lanes.Each((k, _) => (double[])
        [
            .. Each(k, s => Lanes.MeanOf(s.Right, k)), .. Each(k, s => Lanes.MeanOf(s.Loss, k)),
            .. Each(k, _ => 1.0), .. Each(k, _ => .5),      // a value can be known, or guessed
        ]);

        IEnumerable<double> Each(int lane, Func<(Tensor Right, Tensor Loss), double> of) =>
            bySet.Select((score, set) => what == Evaluation.All || trained[lane * Lanes.Sets + set]
                ? of(score) : double.NaN);
    }

    // [sample, 1, 1]
    private Tensor Signs(long[] sets) =>
        Lanes.PerSample([.. sets.Select(set => (float)SignOf(set))], batch);
}

/// <summary>What one batch taught.</summary>
/// <param name="Answers">To the question of every pair.   // [sample, pair, value]</param>
/// <param name="Wanted">[sample, pair, value]</param>
/// <param name="Loss">Of the pair that counts.   // [sample]</param>
/// <param name="Right">The share of its signs that are right.   // [sample]</param>
/// <param name="Slopes">Of the net's trained parameters.</param>
internal sealed record TitansLesson(
    Telling Telling, Tensor Answers, Tensor Wanted, Tensor Loss, Tensor Right, Tensor[] Slopes);
