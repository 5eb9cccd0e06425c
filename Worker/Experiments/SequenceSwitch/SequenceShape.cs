using System.Collections.Immutable;
using Mneme.Specs;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>What a switch freezes, swaps and keeps apart.</summary>
internal enum SequencePart { Embeddings, Attention, Norm, Mlp, Head }

/// <summary>A parameter: its name in the original's state dict, and how it starts.</summary>
/// <param name="Shape">Without the lane axis; weights are [out, in].</param>
/// <param name="Spread">Of its normal start values, in units of the setting; 0: all are
/// <paramref name="Start"/>.</param>
internal sealed record SequenceWeight(
    string Name, SequencePart Part, ImmutableArray<long> Shape, double Spread, float Start = 0);

/// <summary>Sizes of a net and the parameters that follow from them.</summary>
/// <param name="Length">L: bits of a sequence; the last is only predicted.</param>
/// <param name="Width">d = heads * features.</param>
/// <param name="Mlp">Neurons of a hidden layer of the MLP.</param>
/// <param name="Layers">Blocks; of the one-layer net the layers of the MLP.</param>
internal sealed record SequenceShape(
    string Architecture, int Length, int Heads, int Width, int Mlp, int Layers)
{
    /// <summary>Between the stream and the MLP of <c>heads_mlp_gpt</c>, as in the original.
    /// </summary>
    public const int Neck = 64;

    public static SequenceShape Of(Lanes lanes)
    {
        var width = lanes.Size("heads") * lanes.Size("features");
        var mlp = lanes[0]["mlp_size"] is SettingValue.Integer given ? (int)given.Value : width;
        var architecture = lanes[0].Text("architecture");
        return new(architecture, lanes.Size("sequence_length"), lanes.Size("heads"), width, mlp,
            lanes.Size(architecture == "one_layer" ? "mlp_layers" : "layers"));
    }

    public int Positions => Length - 1;

    /// <summary>Width of the rows that the head reads.</summary>
    public int HeadWidth => Architecture == "one_layer" ? Mlp : Width;

    /// <summary>Numbers that a forward and a backward pass keep for one sample, roughly.</summary>
    public long Room
    {
        get
        {
            var blocks = Architecture == "one_layer" ? 1 : Layers;
            var mlp = Architecture == "one_layer" ? 3L * Mlp * Layers : 12L * Width;
            return Positions * (blocks * (10L * Width + mlp + (long)Heads * Positions) + 3 * Width);
        }
    }

    public ImmutableArray<SequenceWeight> Weights =>
    [
        new("wte.weight", SequencePart.Embeddings, [2, Width], 1),
        new("wpe.weight", SequencePart.Embeddings, [Length, Width], 1),
        .. Architecture switch
        {
            "one_layer" => OneLayer(),
            "gpt" => Blocks(Block).Concat(Norm("ln_f")),
            _ => Blocks(NeckBlock),
        },
        .. Linear("lm_head", SequencePart.Head, HeadWidth, 2),
    ];

    /// <summary>In front of the names of a block's parameters.</summary>
    public static string Prefix(int layer) => $"transformer.h.{layer}";

    private IEnumerable<SequenceWeight> OneLayer() =>
    [
        .. Linear("c_attn", SequencePart.Attention, Width, 3 * Width), .. Norm("ln_f"),
        .. Enumerable.Range(0, Layers).SelectMany(i => Linear(
            $"linear_modules.{i}", SequencePart.Mlp, i == 0 ? Width : Mlp, Mlp)),
    ];

    private IEnumerable<SequenceWeight> Blocks(Func<string, IEnumerable<SequenceWeight>> block) =>
        Enumerable.Range(0, Layers).SelectMany(i => block(Prefix(i)));

    private IEnumerable<SequenceWeight> Block(string at)
    {
        // So that the stream's variance does not grow with the depth (GPT-2).
        var residual = 1 / Math.Sqrt(2 * Layers);
        return
        [
            .. Norm($"{at}.ln_1"),
            .. Linear($"{at}.attn.c_attn", SequencePart.Attention, Width, 3 * Width),
            .. Linear($"{at}.attn.c_proj", SequencePart.Attention, Width, Width, residual),
            .. Norm($"{at}.ln_2"),
            .. Linear($"{at}.mlp.c_fc", SequencePart.Mlp, Width, 4 * Width),
            .. Linear($"{at}.mlp.c_proj", SequencePart.Mlp, 4 * Width, Width, residual),
        ];
    }

    private IEnumerable<SequenceWeight> NeckBlock(string at) =>
    [
        .. Norm($"{at}.ln_1"),
        .. Linear($"{at}.attn.c_attn", SequencePart.Attention, Width, 3 * Width),
        .. Norm($"{at}.ln_2"),
        .. Linear($"{at}.mlp.down", SequencePart.Mlp, Width, Neck),
        .. Linear($"{at}.mlp.mid", SequencePart.Mlp, Neck, Mlp),
        .. Linear($"{at}.mlp.up", SequencePart.Mlp, Mlp, Width),
    ];

    private IEnumerable<SequenceWeight> Norm(string name) =>
    [
        new($"{name}.weight", SequencePart.Norm, [Width], 0, 1),
        new($"{name}.bias", SequencePart.Norm, [Width], 0),
    ];

    private static IEnumerable<SequenceWeight> Linear(
        string name, SequencePart part, int from, int to, double spread = 1) =>
    [
        new($"{name}.weight", part, [to, from], spread), new($"{name}.bias", part, [to], 0),
    ];
}
