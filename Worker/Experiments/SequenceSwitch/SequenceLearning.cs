using Mneme.Worker.Cohorts;
using Mneme.Worker.Nets;
using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>What learns, and how: losses, slopes, and an Adam for each part, so that a frozen part
/// keeps its moments and its count of steps.</summary>
internal sealed class SequenceLearning
{
    // Numbers that one lane's pass may keep at once: 256 MB of them.
    private const long MostRoom = 1L << 26;

    private static readonly SequencePart[] Parts = Enum.GetValues<SequencePart>();

    private readonly Lanes lanes;
    private readonly SequenceShape shape;
    private readonly SequenceParameters parameters;
    private readonly (SequencePart Part, string[] Names, Adam Adam)[] optimisers;
    private readonly Tensor rate;               // [lane]: a probe has its own
    private readonly byte[] frozen;             // [lane, part]

    public SequenceLearning(
        Lanes lanes, LaneState state, SequenceShape shape, SequenceParameters parameters)
    {
        (this.lanes, this.shape, this.parameters) = (lanes, shape, parameters);
        rate = state.Add("learning_rate", lanes.Vector("learning_rate"));
        var decay = state.Hold(lanes.Vector("weight_decay"));
        optimisers =
        [
            .. Parts.Select(part =>
            {
                string[] names = [.. parameters.OfPart(part).Select(weight => weight.Name)];
                var adam = new Adam(names.Select(name => parameters[name]), rate)
                {
                    WeightDecay = decay,
                };
                return (part, names, state.Add($"adam/{Name(part)}", adam));
            }).Where(optimiser => optimiser.names.Length > 0),
        ];
        frozen = state.Add("frozen", new byte[lanes.Count * Parts.Length]);
        Freeze(new HashSet<SequencePart>());
    }

    public static string Name(SequencePart part) => part.ToString().ToLowerInvariant();

    public static HashSet<SequencePart> Named(IEnumerable<string> names) =>
        [.. Parts.Where(part => names.Contains(Name(part)))];

    /// <summary>From now on these parts stay as they are, and the others learn.</summary>
    public void Freeze(ISet<SequencePart> parts)
    {
        for (var i = 0; i < frozen.Length; i++)
        {
            var part = Parts[i % Parts.Length];
            var isZero = part == SequencePart.Attention
                && lanes[i / Parts.Length].Text("attention") == "zero_frozen";
            frozen[i] = isZero || parts.Contains(part) ? (byte)1 : (byte)0;
        }
    }

    /// <summary>Forgets all moments and counts of steps.</summary>
    public void BeginAfresh()
    {
        foreach (var (_, _, adam) in optimisers)
            foreach (var tensor in adam.Means.Concat(adam.Variances).Append(adam.Steps))
                tensor.FillInPlace(0);
    }

    public void SetRate(Func<Lane, double> value) =>
        rate.CopyFrom(lanes.Each(lane => (float)value(lane)));

    /// <summary>Losses and hits of each sample, and the slope of each parameter by its lane's mean
    /// loss. A batch that is too large for the memory is read part by part, whatever the other
    /// lanes are.</summary>
    /// <param name="samplesAtOnce">As many as there is room for, if not given.</param>
    public SequenceSlopes Slopes(SequenceBatch batch, int? samplesAtOnce = null)
    {
        var tape = new Tape();
        var pass = new TransformerPass(name => parameters[name], tape);
        var (losses, hits) = (new List<Tensor>(), new List<Tensor>());
        foreach (var part in Tiles(batch, samplesAtOnce))
        {
            var read = SequenceNet.Rows(shape, pass, part).LearnBits(
                parameters["lm_head.weight"], parameters["lm_head.bias"], part.Bits,
                1.0 / (batch.Samples * shape.Positions));
            tape.Add("lm_head.weight", read.Weight);
            tape.Add("lm_head.bias", read.Bias);
            tape.Unwind(read.X);
            losses.Add(read.Loss);
            hits.Add(read.Hits);
        }
        return new(Joined(losses), Joined(hits), tape.Slopes);
    }

    /// <summary>Losses and hits without learning.   // [lane, sample]</summary>
    /// <param name="weights">The parameters to read with, by name.</param>
    public (float[] Loss, float[] Hits) Judge(Func<string, Tensor> weights, SequenceBatch batch)
    {
        var (losses, hits) = (new List<Tensor>(), new List<Tensor>());
        foreach (var part in Tiles(batch))
        {
            using var scope = new TensorScope();
            var rows = SequenceNet.Rows(shape, new TransformerPass(weights, tape: null), part);
            var (loss, hit) = rows.JudgeBits(
                weights("lm_head.weight"), weights("lm_head.bias"), part.Bits);
            losses.Add(scope.MoveOut(loss));
            hits.Add(scope.MoveOut(hit));
        }
        return (Joined(losses).ToArray<float>(), Joined(hits).ToArray<float>());
    }

    /// <summary>Updates what learns.</summary>
    /// <param name="healthy">Lanes whose losses were finite so far.   // [lane]</param>
    public void Step(IReadOnlyDictionary<string, Tensor> slopes, Tensor healthy)
    {
        foreach (var (part, names, adam) in optimisers)
        {
            var learns = lanes.Each((k, _) => frozen[k * Parts.Length + (int)part] == 0);
            if (!learns.Contains(true)) continue;
            var active = learns.Contains(false)
                ? healthy.LogicalAnd(Tensor.From(learns, [lanes.Count], lanes.Device))
                : healthy;
            adam.Step([.. names.Select(name => slopes[name])], active);
        }
    }

    private IEnumerable<SequenceBatch> Tiles(SequenceBatch batch, int? samplesAtOnce = null)
    {
        var most = samplesAtOnce ?? (int)Math.Max(1, MostRoom / shape.Room);
        for (var from = 0; from < batch.Samples; from += most)
            yield return batch.Part(from, Math.Min(most, batch.Samples - from));
    }

    private static Tensor Joined(List<Tensor> parts) =>
        parts.Count == 1 ? parts[0] : Tensor.Cat(1, [.. parts]);
}

/// <summary>Of one step: losses and hits [lane, sample], and slopes by parameter.</summary>
internal sealed record SequenceSlopes(
    Tensor Loss, Tensor Hits, IReadOnlyDictionary<string, Tensor> ByName);
