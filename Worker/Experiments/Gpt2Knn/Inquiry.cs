using System.Collections.Immutable;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;

namespace Mneme.Worker.Experiments;

/// <summary>How questions are asked in a phase. It is lane state: a checkpoint inside the phase
/// goes on asking.</summary>
internal sealed class Inquiry
{
    private static readonly ImmutableArray<string> Methods =
        ["training", "none", "context", "type1", "type2", "type3", "replace"];
    private static readonly ImmutableArray<string> Stores = ["right", "irrelevant", "shuffled"];
    private static readonly ImmutableArray<string> Draws = ["report", "choose"];
    private const int Width = 12;

    private readonly int lanes;
    private readonly double[] numbers;      // [lane, 12]; all zero while the net is trained

    public Inquiry(Lanes lanes, LaneState state)
    {
        this.lanes = lanes.Count;
        numbers = state.Add("inquiry", new double[lanes.Count * Width]);
    }

    public bool IsTraining => numbers[0] == 0;
    public string Method => Methods[(int)numbers[0]];
    public string Memory => Stores[(int)numbers[1]];
    public int Facts => (int)numbers[2];
    public string Draw => Draws[(int)numbers[3]];

    /// <summary>The phase's first step.</summary>
    public long Start => (long)numbers[4];

    public bool UsesMemory => Method is not ("training" or "none" or "context");

    /// <summary>Whether a layer, numbered from 0, looks into the memory.</summary>
    public bool IsActive(int layer) => ((long)numbers[5] >> layer & 1) != 0;

    /// <summary>As the method asks: type 1 has no residual, types 1 and 3 their own key among the
    /// candidates.</summary>
    public NeighbourRecall Recall => new(
        numbers[6], numbers[7], numbers[8],
        Method is "type1" or "replace" ? 0 : numbers[9], (long)numbers[10],
        WithOwn: Method is "type1" or "type3");

    public void Begin(SwitchSpec how, long step)
    {
        long[] layers = [.. ((SettingValue.Integers)how["active_layers"]).Values];
        double[] one =
        [
            Index(Methods, "method"), Index(Stores, "memory"), Number("facts"),
            Index(Draws, "draw"), step,
            layers.Aggregate(0L, (bits, layer) => bits | 1L << (int)(layer - 1)),
            Number("bookkeeping_filter"), Number("minimum_factor"), Number("sharpness"),
            Number("residual"), Number("neighbours"), 0,
        ];
        for (var k = 0; k < lanes; k++) one.CopyTo(numbers, k * Width);

        int Index(ImmutableArray<string> of, string setting) =>
            of.IndexOf(((SettingValue.Text)how[setting]).Value);

        double Number(string setting) => how[setting] switch
        {
            SettingValue.Integer whole => whole.Value,
            var other => ((SettingValue.Real)other).Value,
        };
    }
}
