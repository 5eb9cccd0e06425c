using System.Collections.Immutable;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>The parameters that the lanes train, by name, and those that a phase has
/// kept.</summary>
internal sealed class SequenceParameters
{
    private readonly Dictionary<string, Tensor> tensors = [];
    private readonly ImmutableArray<SequenceSave> saves;
    private readonly long[] latest;         // [lane]: number of the newest save, or -1

    public SequenceParameters(Lanes lanes, LaneState state, SequenceShape shape)
    {
        Weights = shape.Weights;
        foreach (var weight in Weights)
            tensors[weight.Name] = state.Add(weight.Name, Start(lanes, weight));
        saves = [.. lanes.Saves.Select(name => new SequenceSave(name, Weights, lanes, state))];
        latest = new long[lanes.Count];
        Array.Fill(latest, -1);
        state.Add("saved/latest", latest);
    }

    public ImmutableArray<SequenceWeight> Weights { get; }

    /// <summary>[lane, ...]</summary>
    public Tensor this[string name] => tensors[name];

    public IEnumerable<SequenceWeight> OfPart(SequencePart part) =>
        Weights.Where(weight => weight.Part == part);

    /// <summary>Keeps every part as it is now.</summary>
    /// <param name="sets">The set that each lane was trained on.   // [lane]</param>
    public void Keep(string save, long[] sets)
    {
        var place = saves.IndexOf(Find(save));
        foreach (var weight in Weights) saves[place][weight.Name].CopyFrom(this[weight.Name]);
        sets.CopyTo(saves[place].Sets, 0);
        Array.Fill(latest, place);
    }

    /// <summary>Puts kept parts in the place of the present ones.</summary>
    public void PutBack(string save, ISet<SequencePart> parts)
    {
        var kept = Find(save);
        foreach (var weight in Weights.Where(weight => parts.Contains(weight.Part)))
            this[weight.Name].CopyFrom(kept[weight.Name]);
    }

    /// <summary>Of all parts that a lane has kept so far.</summary>
    public long SavedBytes(int lane) => saves.Count(save => save.IsMade(lane))
        * Weights.Sum(weight => weight.Shape.Aggregate(1L, (product, side) => product * side))
        * sizeof(float);

    /// <summary>The newest save of a lane, or null before the first.</summary>
    public SequenceSave? Latest(int lane) => latest[lane] < 0 ? null : saves[(int)latest[lane]];

    /// <summary>One lane's parameters, some parts of them from a save.   // [1, ...]</summary>
    public Func<string, Tensor> With(int lane, SequenceSave save, params SequencePart[] parts)
    {
        var foreign = Weights.Where(weight => parts.Contains(weight.Part))
            .Select(weight => weight.Name).ToHashSet();
        return name => (foreign.Contains(name) ? save[name] : this[name]).Narrow(0, lane, 1);
    }

    /// <summary>The saves of a lane that have been made.</summary>
    public IEnumerable<SequenceSave> Made(int lane) =>
        saves.Where(save => save.IsMade(lane));

    private SequenceSave Find(string name) => saves.First(save => save.Name == name);

    private static Tensor Start(Lanes lanes, SequenceWeight weight)
    {
        using var scope = new TensorScope();
        long[] shape = [.. weight.Shape];
        if (weight.Spread == 0)
            return Tensor.Full([lanes.Count, .. shape], weight.Start, device: lanes.Device).Keep();
        var start = lanes.Draw(
            $"init/{weight.Name}", shape, (stream, values) => stream.FillNormal(0, values));
        var isQuery = weight.Name.Contains("c_attn", StringComparison.Ordinal);
        return start.MulInPlace(lanes.Coefficient(lane =>
            isQuery && lane.Text("attention") != "learned"
                ? 0
                : weight.Spread * lane.Real("init_std"))).Keep();
    }
}

/// <summary>All parts as they were at the end of some phase, and the set trained in it.</summary>
internal sealed class SequenceSave
{
    /// <summary>In the place of a set's number, until there is one.</summary>
    public const long NotMade = long.MinValue;

    private readonly Dictionary<string, Tensor> tensors = [];

    public SequenceSave(
        string name, ImmutableArray<SequenceWeight> weights, Lanes lanes, LaneState state)
    {
        Name = name;
        foreach (var weight in weights)
            tensors[weight.Name] = state.Add($"saved/{name}/{weight.Name}", Tensor.Zeros(
                [lanes.Count, .. weight.Shape], device: lanes.Device));
        Sets = state.Add($"saved/{name}/set", lanes.Each(_ => NotMade));
    }

    public string Name { get; }

    /// <summary>What each lane was trained on, or <see cref="NotMade"/>.   // [lane]</summary>
    public long[] Sets { get; }

    public bool IsMade(int lane) => Sets[lane] != NotMade;

    /// <summary>[lane, ...]</summary>
    public Tensor this[string name] => tensors[name];
}
