using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>Causal attention that sees a window: persistent tokens always, others by a learned
/// preference for each distance.</summary>
/// <param name="window">Tokens that are seen, the present one included.</param>
/// <param name="linear">A named linear map.   // [lane, batch, time, width]</param>
/// <param name="distances">Preferences of tokens, and of what was recalled.   // [lane, heads,
/// window]</param>
internal sealed class WindowAttention(
    int heads, int window, Func<string, Tensor, Tensor> linear, Tensor distances,
    Tensor recalledDistances)
{
    /// <param name="x">[lane, batch, time, width]</param>
    /// <param name="persistent">[lane, batch, count, width]</param>
    /// <param name="recalled">For each token, what a memory recalled; null: nothing.   // [lane,
    /// batch, time, width]</param>
    public Tensor Attend(Tensor x, Tensor persistent, Tensor? recalled)
    {
        var (lanes, batch, time, width) = (x.Size(0), x.Size(1), x.Size(2), x.Size(3));
        var seen = recalled is null ? Tensor.Cat(2, persistent, x)
            : Tensor.Cat(2, persistent, recalled, x);                       // [.., n, width]
        var (q, k, v) = (Heads("attention_query", x), Heads("attention_key", seen),
            Heads("attention_value", seen));
        var scores = (q.Bmm(k.Transpose(1, 2)) * (1 / Math.Sqrt(width / heads)))
            .View(lanes, batch, heads, time, -1);
        Tensor[] preferences =
        [
            Tensor.Zeros([lanes, heads, time, persistent.Size(2)], device: x.Device),
            .. recalled is null ? (Tensor[])[] : [Preference(recalledDistances, time)],
            Preference(distances, time),
        ];
        var attention = (scores + Tensor.Cat(3, preferences).Unsqueeze(1)).Softmax(-1);
        return attention.View(lanes * batch * heads, time, -1).Bmm(v)
            .View(lanes, batch, heads, time, -1).Transpose(2, 3)
            .Reshape(lanes, batch, time, width);

        Tensor Heads(string name, Tensor from) => linear(name, from)
            .View(lanes, batch, from.Size(2), heads, -1).Transpose(2, 3)
            .Reshape(lanes * batch * heads, from.Size(2), -1);
    }

    // By distance; minus infinity for the future and beyond the window.   // [lane, heads, time,
    // time]
    private Tensor Preference(Tensor byDistance, long time)
    {
        var (lanes, device) = (byDistance.Size(0), byDistance.Device);
        var place = Tensor.Arange(time, device: device);
        var distance = place.View(-1, 1) - place.View(1, -1);
        var isHidden = distance.Lt(0).LogicalOr(distance.Ge(window));
        var rows = Tensor.Where(isHidden, distance.ZerosLike(), distance).Reshape(-1);
        return byDistance.Index(2, rows).View(lanes, heads, time, time)
            .MaskedFill(isHidden, double.NegativeInfinity);
    }
}
