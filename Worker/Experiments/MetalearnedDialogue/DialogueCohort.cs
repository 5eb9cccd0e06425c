using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Nets;
using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>The step and the measures of <see cref="MetalearnedDialogue"/>.</summary>
internal sealed class DialogueCohort : CohortModel
{
    private readonly int batch;
    private readonly Dialogues dialogues;
    private readonly DialogueNet net;
    private readonly Adam adam;
    private readonly Tensor clip, weight;   // [lane]; weight of what the writes missed
    private readonly TrainingLog log;

    public DialogueCohort(Lanes lanes) : base(lanes)
    {
        batch = lanes.Size("batch_size");
        dialogues = new Dialogues(lanes);
        net = new DialogueNet(lanes, State, dialogues);
        adam = State.Add("adam", new Adam(
            net.Parameters, State.Hold(lanes.Vector("learning_rate"))));
        clip = State.Hold(lanes.Vector("clip"));
        weight = State.Hold(lanes.Vector("reconstruction_weight"));
        log = new TrainingLog(State, lanes.Count, 1, lanes.Device, DType.Float32);
    }

    internal DialogueNet Net => net;

    internal Dialogue DialogueAt(long step) => dialogues.At(step);

    public override void Begin(PhaseStart start, long step) => log.Restart(step);

    public override void Step(long step)
    {
        var lesson = Study(dialogues.At(step));
        log.Record(step, lesson.Surprise.Detach(), lesson.RightOf(1).Mean([1, 2], false));
        var (slopes, _) = Clip.GlobalNorm(lesson.Slopes, clip);
        adam.Step(slopes, log.Healthy);
    }

    /// <summary>One batch of dialogues, there and back again.</summary>
    internal DialogueLesson Study(Dialogue dialogue)
    {
        var tape = new LinearTape();
        var trace = net.Run(dialogue, tape);
        // Of both turns, averaged over each lane's own batch: no lane sees another.
        var surprise = trace.Logits.Zip(dialogue.Turns, (logits, turn) =>
            logits.Reshape(-1, dialogues.Vocabulary).LogSoftmax(1)
                .NllLoss(turn.Reply.Reshape(-1), Reduction.None)
                .View(Lanes.Count, -1).Mean([1], false)).Aggregate((a, b) => a + b);   // [lane]
        var missed = Tensor.Stack(0, [.. trace.Moments.Select(m => m.After)])
            .View(-1, Lanes.Count, batch).Mean([0, 2], false);                  // [lane]
        var loss = surprise + weight * missed;
        return new DialogueLesson(dialogue, trace, surprise, net.Gradients(loss, tape));
    }

    /// <summary>The last step's batch once more, with the weights as they are now.</summary>
    public override double[][] Measure(long steps, Evaluation what)
    {
        var lesson = Study(dialogues.At(Math.Max(steps - 1, 0)));
        var (figures, norms) = (log.Figures(steps), Clip.Norm(lesson.Slopes).ToArray<float>());
        var (first, name) = (lesson.RightOf(0),
            lesson.RightOf(1).Narrow(2, Dialogues.NamePlace, 1));
        return Lanes.Each((k, _) =>
        {
            double Mean(Func<EpisodeMoment, Tensor> of) =>
                lesson.Trace.Moments.Average(m => Lanes.MeanOf(of(m).Detach(), k));
            return new[]
            {
                figures.Loss[k], figures.Accuracy[k], Lanes.MeanOf(name, k),
                Lanes.MeanOf(first, k), Mean(m => m.Before), Mean(m => m.After),
                Mean(m => m.Rate), norms[k],
            };
        });
    }

    public override long? DivergedAt(int lane) => log.DivergedAt(lane);
}

/// <summary>What one batch taught.</summary>
/// <param name="Surprise">Of both replies, per token.   // [lane]</param>
/// <param name="Slopes">Of the net's parameters.</param>
internal sealed record DialogueLesson(
    Dialogue Dialogue, DialogueTrace Trace, Tensor Surprise, Tensor[] Slopes)
{
    /// <summary>Which tokens of a reply are right.   // [lane, batch, time]</summary>
    public Tensor RightOf(int turn) => Trace.Logits[turn].Detach().ArgMax(3)
        .Eq(Dialogue.Turns[turn].Reply).To(DType.Float32);
}
