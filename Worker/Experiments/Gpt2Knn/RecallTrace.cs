using Mneme.Worker.Memories;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>What was seen of the attentions while one prompt went through the layers.</summary>
internal sealed class RecallTrace
{
    // By layer: [lane, head] and [lane, head, time].
    private readonly List<(float[] Values, int Heads)> sinks = [];
    private readonly List<(float[] Values, int Heads, int Time)> selected = [];

    /// <summary>Notes a layer, and gives the values that it mixes.</summary>
    /// <param name="recalled">Null in a layer that looks into no memory.</param>
    public Tensor Note(AttentionHeads own, Recalled? recalled)
    {
        var (heads, time) = ((int)own.Attention.Size(1), (int)own.Attention.Size(3));
        sinks.Add((own.Attention.Select(2, time - 1).Select(2, 0).Contiguous()
            .ToArray<float>(), heads));
        if (recalled is null) return own.Value;
        selected.Add((recalled.Selected.To(DType.Float32).Contiguous().ToArray<float>(),
            heads, time));
        return recalled.Value;
    }

    /// <summary>The last token's attention to token 0, over layers and heads.</summary>
    public double Sink(int lane) => sinks.Average(layer =>
        layer.Values.Skip(lane * layer.Heads).Take(layer.Heads).Average());

    /// <summary>Over active layers, heads and tokens.</summary>
    public double SelectedShare(int lane) => selected.Count == 0 ? 0
        : selected.Average(layer => Own(layer, lane).Average());

    /// <summary>In all active layers and heads, per token.</summary>
    public double Searches(int lane) => selected.Sum(layer => Own(layer, lane).Sum() / layer.Time);

    private static IEnumerable<float> Own((float[] Values, int Heads, int Time) layer, int lane) =>
        layer.Values.Skip(lane * layer.Heads * layer.Time).Take(layer.Heads * layer.Time);
}
