using Mneme.Worker.Torch;

namespace Mneme.Worker.Nets;

/// <summary>What a forward pass leaves for the way back: a function for each layer, from the slope
/// of what it gave to the slope of what it was given. On the way the parameters' slopes add
/// up.</summary>
internal sealed class Tape
{
    private readonly Stack<Func<Tensor, Tensor>> waysBack = new();
    private readonly Dictionary<string, Tensor> slopes = [];

    /// <summary>The slope of each parameter that a layer has used, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Slopes => slopes;

    public void Note(Func<Tensor, Tensor> wayBack) => waysBack.Push(wayBack);

    public void Add(string parameter, Tensor slope) =>
        slopes[parameter] = slopes.TryGetValue(parameter, out var sum)
            ? sum.AddInPlace(slope)
            : slope;

    /// <summary>Goes back through all layers.</summary>
    /// <param name="slope">Of what the last one gave.</param>
    public void Unwind(Tensor slope)
    {
        while (waysBack.TryPop(out var wayBack)) slope = wayBack(slope);
    }
}
