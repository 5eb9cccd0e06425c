using System.Diagnostics;
using Mneme.Random;
using Mneme.Specs;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>What the lanes learn: their sets of sequences, and the batches drawn from them.
/// Sequences are numbered through all sets of a lane.</summary>
internal sealed class DamData
{
    private readonly int length, batch;
    private readonly int count;                 // sets of the experiment
    private readonly RandomStream[] sets, draws, choices;
    private readonly double[]?[] sums;          // by lane: chances added up; null: all equal
    private readonly bool namesSequences;
    private readonly bool[] includesFirst;
    private readonly Dictionary<(int Lane, long Set), SequenceSet> drawn = [];
    private readonly Dictionary<(int Lane, long Set), SetCeilings> ceilings = [];

    public DamData(Lanes lanes, LaneState state)
    {
        (length, batch) = (lanes.Size("sequence_length"), lanes.Size("batch_size"));
        Sequences = lanes.Size("sequences");
        sets = lanes.Each(lane => lane.Stream("data/set"));
        draws = lanes.Each(lane => lane.Stream("data/draw"));
        choices = lanes.Each(lane => lane.Stream("data/choice"));
        count = lanes.Sets;
        sums = lanes.Each(Sums);
        namesSequences = lanes[0].Text("variant") == "infonce";
        includesFirst = lanes.Each(IncludesFirst);
        Present = state.Add("set", new long[lanes.Count]);
    }

    /// <summary>Bits of a sequence.</summary>
    public int Length => length;

    /// <summary>Sequences of a set.</summary>
    public int Sequences { get; }

    /// <summary>The number of each lane's present set.   // [lane]</summary>
    public long[] Present { get; }

    /// <summary>Whether a lane also predicts the first bit, from nothing.</summary>
    public static bool IncludesFirst(Lane lane) =>
        ((SettingValue.Flag)lane["include_n0"]).Value && lane.Text("variant") == "queue";

    /// <summary>The sets that are trained in a phase: one, or all of the experiment.</summary>
    public long[] Parts(long number) => number == PhaseStart.Joint
        ? [.. Enumerable.Range(0, count).Select(set => (long)set)]
        : [number];

    /// <summary>A set that is used at every step; all sets together are one.</summary>
    public SequenceSet Set(int lane, long number) =>
        drawn.TryGetValue((lane, number), out var set)
            ? set
            : drawn[(lane, number)] = Make(lane, number);

    /// <summary>A set that is used once: an experiment may have thousands.</summary>
    public SequenceSet Look(int lane, long number) =>
        drawn.TryGetValue((lane, number), out var set)
            ? set
            : Make(lane, number);

    /// <summary>A sequence for people: <c>+--+</c>.</summary>
    public string Text(int lane, long sequence) =>
        Set(lane, sequence / Sequences).Text((int)(sequence % Sequences));

    /// <summary>Forgets sets that are neither present nor stored.</summary>
    /// <param name="inUse">[lane][block]</param>
    public void KeepOnly(long[][] inUse)
    {
        foreach (var key in drawn.Keys.Where(key => key.Set != Present[key.Lane]
            && !inUse[key.Lane].Contains(key.Set)).ToList())
            drawn.Remove(key);
    }

    /// <summary>The best accuracies on a set.</summary>
    public SetCeilings Ceilings(int lane, long set)
    {
        var key = (lane, set);
        return ceilings.TryGetValue(key, out var found)
            ? found
            : ceilings[key] = Ceilings(Look(lane, set), lane);
    }

    /// <summary>The sequences of a step, as places in the lane's present set. Of all sets together
    /// each sample's is chosen first, every one as often, and then a sequence in it.</summary>
    public void Draw(int lane, long step, Span<long> into)
    {
        Debug.Assert(into.Length == batch);
        if (sums[lane] is null) draws[lane].FillIntegers(step, Sequences, into);
        else for (var b = 0; b < batch; b++) into[b] = Unequal(lane, step, b);
        if (Present[lane] == PhaseStart.Joint) ChooseSets(lane, step, into);
    }

    private void ChooseSets(int lane, long step, Span<long> places)
    {
        var chosen = new long[places.Length];
        choices[lane].FillIntegers(step, count, chosen);
        for (var b = 0; b < places.Length; b++) places[b] += chosen[b] * Sequences;
    }

    private SequenceSet Make(int lane, long number) => number == PhaseStart.Joint
        ? SequenceSet.Join(Parts(number).Select(part => Look(lane, part)), length)
        : SequenceSet.Draw(sets[lane], number, Sequences, length);

    private long Unequal(int lane, long step, int sample)
    {
        var at = Array.BinarySearch(sums[lane]!, draws[lane].UniformDouble(step, sample));
        return Math.Min(at < 0 ? ~at : at + 1, Sequences - 1);
    }

    private SetCeilings Ceilings(SequenceSet set, int lane)
    {
        var parts = set.Count / Sequences;
        var drawn = Enumerable.Range(0, set.Count)
            .Select(i => Chance(lane, i % Sequences) / parts).ToArray();
        var equal = Enumerable.Repeat(1.0 / set.Count, set.Count).ToArray();
        var (first, byPosition) = (includesFirst[lane] ? 0 : 1, Best(set, equal));
        var each = byPosition[first..].Average();
        return new SetCeilings(
            sums[lane] is null ? each : Best(set, drawn)[first..].Average(), each,
            byPosition[1..]);
    }

    private double[] Best(SequenceSet set, double[] chances) =>
        namesSequences ? set.CeilingsOfNames(chances) : set.CeilingsOfBits(chances);

    private double Chance(int lane, int sequence) => sums[lane] is not { } sum
        ? 1.0 / Sequences
        : sequence == 0 ? sum[0] : sum[sequence] - sum[sequence - 1];

    private double[]? Sums(Lane lane)
    {
        if (lane.Text("sampling") == "uniform") return null;
        var exponent = lane.Real("zipf_exponent");
        var sum = new double[Sequences];
        for (var i = 0; i < sum.Length; i++)
            sum[i] = (i == 0 ? 0 : sum[i - 1]) + Math.Pow(i + 1, -exponent);
        return [.. sum.Select(part => part / sum[^1])];
    }
}

/// <summary>What the best possible predictor reaches on a set.</summary>
/// <param name="Drawn">Of sequences as training draws them.</param>
/// <param name="Each">Of every sequence once.</param>
/// <param name="ByPosition">The same by revealed bits, from one on.   // [length - 1]</param>
internal sealed record SetCeilings(double Drawn, double Each, double[] ByPosition);
