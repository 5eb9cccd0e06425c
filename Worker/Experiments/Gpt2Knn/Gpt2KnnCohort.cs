using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Mneme.Worker.Nets;
using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>Phases, steps and measures of <see cref="Gpt2Knn"/>: first the net is trained, then it
/// is asked.</summary>
internal sealed class Gpt2KnnCohort : CohortModel
{
    private readonly FactTexts texts;
    private readonly Gpt gpt;
    private readonly string[] names;
    private readonly Tensor[] weights;      // by name
    private readonly Adam adam;
    private readonly Tensor rate, clip;     // [lane]
    private readonly double[] warmUp;       // [lane]: steps
    private readonly TrainingLog log;
    private readonly Inquiry inquiry;
    private readonly Answers answers;

    public Gpt2KnnCohort(Lanes lanes) : base(lanes)
    {
        texts = new FactTexts(lanes);
        var shape = new GptShape(lanes.Size("layers"), lanes.Size("heads"), lanes.Size("width"),
            lanes.Size("context"), texts.Vocabulary);
        var named = GptStart.Of(lanes, State, shape);
        gpt = new Gpt(shape, named);
        (names, weights) = ([.. named.Keys], [.. named.Values]);
        rate = State.Hold(lanes.Vector("learning_rate"));
        clip = State.Hold(lanes.Vector("clip"));
        warmUp = lanes.Each(lane => lane.Real("warm_up"));
        adam = State.Add("adam", new Adam(weights, State.Hold(rate.Clone()))
        {
            WeightDecay = State.Hold(lanes.Vector("weight_decay")),
        });
        log = new TrainingLog(State, lanes.Count, 1, lanes.Device, DType.Float32);
        inquiry = new Inquiry(lanes, State);
        answers = new Answers(lanes, State);
    }

    public override void Begin(PhaseStart start, long step)
    {
        log.Restart(step);
        answers.Clear();
        if (start.Switch is { } how) inquiry.Begin(how, step);
    }

    public override void Step(long step)
    {
        if (inquiry.IsTraining) Learn(step);
        else Ask(step);
    }

    public override double[][] Measure(long steps, Evaluation what)
    {
        var figures = log.Figures(steps);
        return Lanes.Each((k, _) => (double[])
            [figures.Loss[k], figures.Accuracy[k], .. answers.Of(k)]);
    }

    /// <summary>What the last question found stored, in the active layers.</summary>
    public override LaneMemory? Memory(int lane, long steps)
    {
        if (!inquiry.UsesMemory || steps <= inquiry.Start) return null;
        using var still = Autograd.NoGrad();
        var question = Questions(steps - 1)[lane];
        var stored = Store(Questions(steps - 1));
        var text = inquiry.Memory == "irrelevant" ? question.Irrelevant : question.Text;
        return new LaneMemory(
            [
                ("stored", inquiry.Memory), ("rows", $"{text.Length - 1}"),
                ("tokens", string.Join(' ', text[1..])), ("asked", $"{question.Answer}"),
            ],
            [.. stored.SelectMany(layer => new[]
            {
                Own($"layer{layer.Key + 1}/keys", layer.Value.Keys),
                Own($"layer{layer.Key + 1}/values", layer.Value.Values),
            })]);

        NamedArray Own(string name, Tensor all)
        {
            var own = all.Narrow(0, lane, 1).Contiguous();          // [1, head, row, size]
            return NamedArray.Of<float>(name, own.ToArray<float>(), own.Shape[1..].ToArray());
        }
    }

    public override long? DivergedAt(int lane) => log.DivergedAt(lane);

    internal string[] Names => names;

    internal Tensor[] Weights => weights;

    internal GptLesson Study(long step)
    {
        var window = texts.At(step);
        var logits = gpt.Logits(window.Tokens);                     // [lane, batch, time, word]
        var rows = logits.View(-1, logits.Size(3));
        var surprise = rows.LogSoftmax(1).NllLoss(window.Next.Reshape(-1), Reduction.None)
            .View(Lanes.Count, -1);                                 // [lane, batch * time]
        var loss = (surprise * window.Weight).Sum(1) / window.Weight.Sum(1);    // [lane]
        var right = rows.Detach().ArgMax(1).Eq(window.Next.Reshape(-1)).To(DType.Float32)
            .View(Lanes.Count, -1);
        // Summed over lanes, averaged over each lane's own tokens: no lane sees another.
        var slopes = Autograd.Grad(loss.Sum(), weights);
        return new GptLesson(
            loss.Detach(), (right * window.Recall).Sum(1) / window.Recall.Sum(1), slopes);
    }

    private void Learn(long step)
    {
        var lesson = Study(step);
        log.Record(step, lesson.Loss, lesson.Recall);
        var (slopes, _) = Clip.GlobalNorm(lesson.Slopes, clip);
        if (step <= (long)warmUp.Max())
            adam.LearningRate.CopyFrom(rate * Tensor.From(
                [.. warmUp.Select(steps => (float)Math.Min(1, (step + 1) / steps))],
                [Lanes.Count], Lanes.Device));
        adam.Step(slopes, log.Healthy);
    }

    private void Ask(long step)
    {
        using var still = Autograd.NoGrad();
        var questions = Questions(step);
        var stored = inquiry.UsesMemory ? Store(questions) : [];
        var trace = new RecallTrace();
        var prompt = questions.Select(q => inquiry.Method == "context"
            ? [.. q.Text, .. q.Prompt[1..]] : q.Prompt);
        var logits = gpt.Logits(Tokens(prompt), (layer, own) => trace.Note(own,
            stored.TryGetValue(layer, out var store) ? inquiry.Recall.Mix(own, store) : null));
        var last = logits.Select(2, logits.Size(2) - 1).Softmax(-1).View(Lanes.Count, -1);
        var chances = last.ToArray<float>();
        var (loss, hits) = (new float[Lanes.Count], new float[Lanes.Count]);
        for (var k = 0; k < Lanes.Count; k++)
        {
            var own = chances.AsSpan(k * texts.Vocabulary, texts.Vocabulary);
            var answer = Judge(questions[k], own, trace, k);
            answers.Add(k, answer);
            (loss[k], hits[k]) = (-MathF.Log((float)answer.OfAnswer), answer.IsTop ? 1 : 0);
        }
        log.Record(step, Tensor.From(loss, [Lanes.Count], Lanes.Device),
            Tensor.From(hits, [Lanes.Count], Lanes.Device));
    }

    private Answer Judge(
        Question question, ReadOnlySpan<float> chances, RecallTrace trace, int lane)
    {
        var (stored, objects) = (0.0, 0.0);
        foreach (var token in question.Stored) stored += chances[(int)token];
        foreach (var chance in chances.Slice(texts.Objects.First, texts.Objects.Count))
            objects += chance;
        var answer = chances[(int)question.Answer];
        return new Answer(
            answer, !chances.ContainsAnyInRange(MathF.BitIncrement(answer), 1), stored, objects,
            trace.SelectedShare(lane), trace.Searches(lane), trace.Sink(lane));
    }

    private Question[] Questions(long step) =>
        texts.Questions(inquiry.Draw, step - inquiry.Start, inquiry.Facts);

    // By active layer, what the text leaves in a plain pass; its first row is the resting place.
    private Dictionary<int, StoredAttention> Store(Question[] questions)
    {
        var stored = new Dictionary<int, StoredAttention>();
        var texts = questions.Select(q => inquiry.Memory == "irrelevant" ? q.Irrelevant : q.Text);
        gpt.Logits(Tokens(texts), (layer, own) =>
        {
            if (!inquiry.IsActive(layer)) return own.Value;
            stored[layer] = new StoredAttention(own.Key, own.Value).Without(1);
            if (inquiry.Memory == "shuffled")
                stored[layer] = stored[layer].Shuffled([.. questions.Select(q => q.Order)]);
            return own.Value;
        });
        return stored;
    }

    private Tensor Tokens(IEnumerable<long[]> texts) => Tensor.From(
        texts.SelectMany(text => text).ToArray(), [Lanes.Count, 1, texts.First().Length],
        Lanes.Device);
}

/// <summary>What one step taught.   // loss and recall [lane]</summary>
internal sealed record GptLesson(Tensor Loss, Tensor Recall, Tensor[] Slopes);
