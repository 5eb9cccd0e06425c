using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Mneme.Worker.Nets;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>The net of <see cref="MetalearnedDialogue"/>. In the shapes, lane is K, batch is B, d
/// is the hidden size.</summary>
internal sealed class DialogueNet
{
    private readonly int lanes, batch, d;
    private readonly bool stepsAfter;
    private readonly NamedWeights weights;
    private readonly MemoryController controller;
    private readonly PreNormStack reader, summary, writer;
    private readonly Tensor keepsContext, keepsMemory;  // [lane, 1, 1, 1], [sample, 1, 1]

    public DialogueNet(Lanes lanes, LaneState state, Dialogues dialogues)
    {
        (this.lanes, batch, d) = (lanes.Count, lanes.Size("batch_size"), lanes.Size("hidden_size"));
        stepsAfter = lanes[0].Text("steps_of_memory") == "both";
        controller = new MemoryController(lanes, state);
        weights = new NamedWeights(lanes, state);
        weights.AddNormal("embedding", [dialogues.Vocabulary, d]);
        weights.AddNormal("places", [Dialogues.Longest, d]);
        (reader, summary) = (Stack("reader", isCausal: false), Stack("summary", isCausal: false));
        writer = Stack("writer", isCausal: true);
        weights.AddLinear("head", d, dialogues.Vocabulary);
        var carries = lanes.Each(lane => lane.Text("carry"));
        keepsContext = state.Hold(Tensor.From(
            carries.Select(carry => carry is "all" or "context").ToArray(),
            [lanes.Count, 1, 1, 1], lanes.Device));
        keepsMemory = state.Hold(lanes.PerSample(
            carries.Select(carry => carry is "all" or "memory").ToArray(), batch));

        PreNormStack Stack(string name, bool isCausal) => new(weights, name, lanes.Size("layers"),
            d, lanes.Size("heads"), lanes.Size("feed_forward"), isCausal);
    }

    public IEnumerable<Tensor> Parameters =>
    [
        controller.SecondBias, .. Leaves,
        .. controller.Layers.SelectMany(layer => layer.Parameters),
    ];

    internal NamedWeights Weights => weights;

    private Tensor[] Leaves => [.. controller.LearnedAlone, .. weights.All];

    /// <summary>Two turns: the memory's step, reading, a new context, the reply.</summary>
    public DialogueTrace Run(Dialogue dialogue, LinearTape tape)
    {
        // A leaf, so that autograd follows what the controller's maps make of it.
        var (state, context) = (controller.Begin(), dialogue.Context[0].RequireGrad());
        var sizes = controller.Sizes();
        var (moments, logits) = (new List<EpisodeMoment>(), new List<Tensor>());
        for (var turn = 0; turn < dialogue.Turns.Length; turn++)
        {
            if (turn > 0) (state, context) = Over(state, context, dialogue.Context[turn]);
            var (said, shifted, _) = dialogue.Turns[turn];
            (state, context) = Remember(state, context);
            var read = reader.Apply(Words(said), context);                  // [.., time, d]
            context = summary.Apply(context, read);                         // [lane, batch, 1, d]
            logits.Add(weights.Linear("head", writer.Apply(Words(shifted), read)));
            if (stepsAfter) (state, context) = Remember(state, context);
        }
        return new DialogueTrace([.. logits], moments);

        (ControllerState, Tensor) Remember(ControllerState before, Tensor x)
        {
            var after = controller.Advance(x.View(lanes, batch, d), before, sizes, tape, moments);
            return (after, controller.Output(after, tape).View(lanes, batch, 1, d));
        }
    }

    /// <summary>Gradients of <see cref="Parameters"/>.</summary>
    /// <param name="loss">[lane]</param>
    public Tensor[] Gradients(Tensor loss, LinearTape tape)
    {
        var leaves = Leaves;
        var slopes = Autograd.Grad([loss], [.. leaves, .. tape.Outputs],
            [loss.Detach().OnesLike()], allowUnused: true);
        var ofLayers = tape.Multiplied(controller.Layers, slopes.AsMemory(leaves.Length));
        return
        [
            controller.SlopeOfSecondBias(ofLayers), .. slopes[..leaves.Length],
            .. controller.Layers.SelectMany(layer => ofLayers[layer]),
        ];
    }

    // What outlives a turn; the controller's own state never does.
    private (ControllerState, Tensor) Over(ControllerState state, Tensor context, Tensor anew)
    {
        var begin = controller.Begin();
        var memory = state.Memory with
        {
            Weights = [.. state.Memory.Weights.Select((weight, l) =>
                Tensor.Where(keepsMemory, weight, begin.Memory.Weights[l]))],
        };
        return (begin with { Memory = memory }, Tensor.Where(keepsContext, context, anew));
    }

    private Tensor Words(Tensor tokens) => weights.Rows("embedding", tokens)
        + weights["places"].Narrow(1, 0, tokens.Size(2)).Unsqueeze(1);
}

/// <param name="Logits">By turn.   // [lane, batch, time, vocabulary]</param>
internal sealed record DialogueTrace(Tensor[] Logits, IReadOnlyList<EpisodeMoment> Moments);
