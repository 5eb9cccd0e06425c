using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Mneme.Worker.Nets;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>The net of <see cref="MetalearnedMemory"/>: words, the controller with its memory, and
/// a classifier. In the shapes, lane is K, batch is B, sample is K * B, d is the hidden size.
/// </summary>
internal sealed class MetalearnedNet
{
    private readonly int lanes, batch, d;
    private readonly EpisodeKind kind;
    private readonly bool hasFinalStep;
    private readonly Carry carry;
    private readonly MemoryController controller;
    private readonly Linear embedding;      // [lane, width, d], no bias
    private readonly Linear classifier;     // [lane, d, classes]

    public MetalearnedNet(Lanes lanes, LaneState state, EpisodeKind kind)
    {
        (this.lanes, batch, this.kind) = (lanes.Count, lanes.Size("batch_size"), kind);
        (d, hasFinalStep) = (lanes.Size("hidden_size"), lanes.Flag("final_step"));
        carry = Carry.Of(lanes, state, batch);
        embedding = new Linear(state.Add("embedding", lanes.Draw("init/embedding",
            [kind.Width, d], (stream, values) => stream.FillNormal(0, values))), null);
        controller = new MemoryController(lanes, state);
        classifier = MemoryController.Layer(lanes, state, "classifier", d, kind.Classes, d);
    }

    private IEnumerable<Linear> Layers => [embedding, classifier, .. controller.Layers];

    public IEnumerable<Tensor> Parameters =>
    [
        controller.SecondBias, .. controller.LearnedAlone,
        .. Layers.SelectMany(layer => layer.Parameters),
    ];

    /// <inheritdoc cref="MemoryController.EffectiveScale"/>
    public Tensor EffectiveScale => controller.EffectiveScale;

    /// <inheritdoc cref="MemoryController.Empty"/>
    public NeuralMemory Empty() => controller.Empty();

    /// <summary>One episode: at every time read the input, write, and read the memory.</summary>
    public EpisodeTrace Run(Episode episode, LinearTape tape)
    {
        var state = controller.Begin();
        var x = embedding.Apply(episode.Inputs, tape).RequireGrad()
            .View(lanes, batch, kind.Times, d);
        var moments = new List<EpisodeMoment>();
        var sizes = controller.Sizes();
        for (var t = 0; t < kind.Times; t++)
        {
            if (kind.Turns.Contains(t)) state = carry.Over(state, Empty());
            state = controller.Advance(x.Select(2, t), state, sizes, tape, moments);
        }
        if (hasFinalStep)
            state = controller.Advance(controller.NoInput(), state, sizes, tape, moments);
        var logits = classifier.Apply(controller.Output(state, tape), tape);
        return new EpisodeTrace(logits.View(lanes * batch, kind.Classes), moments, state.Memory);
    }

    /// <summary>Gradients of <see cref="Parameters"/>.</summary>
    /// <param name="loss">[sample]</param>
    /// <param name="share">Weight of each sample's loss.   // [sample]</param>
    public Tensor[] Gradients(Tensor loss, Tensor share, LinearTape tape)
    {
        var alone = controller.LearnedAlone;
        var slopes = Autograd.Grad([loss], [.. alone, .. tape.Outputs], [share], allowUnused: true);
        var ofLayers = tape.Multiplied(Layers, slopes.AsMemory(alone.Length));
        return
        [
            controller.SlopeOfSecondBias(ofLayers), .. slopes[..alone.Length],
            .. Layers.SelectMany(layer => ofLayers[layer]),
        ];
    }
}

/// <param name="Logits">[sample, classes]</param>
internal sealed record EpisodeTrace(
    Tensor Logits, IReadOnlyList<EpisodeMoment> Moments, NeuralMemory Memory);
