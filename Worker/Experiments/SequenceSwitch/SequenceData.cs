using Mneme.Random;
using Mneme.Specs;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>The lanes' sets of sequences, and the batches drawn from them. A probe's set is the
/// same for every lane and every seed.</summary>
internal sealed class SequenceData
{
    // As in the original's fork program: models are compared on the same sequences.
    private const uint ProbeSeed = 43;

    private readonly Lanes lanes;
    private readonly int length, batch, sequences;
    private readonly RandomStream[] sets, draws, choices;
    private readonly Dictionary<(int Lane, long Set, long Probe), SequenceSource> known = [];
    private readonly byte[] seen;           // [lane, set]
    private readonly long[] probe;          // [lane]: sequences of the last probe

    public SequenceData(Lanes lanes, LaneState state)
    {
        this.lanes = lanes;
        (length, batch) = (lanes.Size("sequence_length"), lanes.Size("batch_size"));
        sequences = lanes.Size("sequences");
        sets = lanes.Each(lane => lane.Stream("data/set"));
        draws = lanes.Each(lane => lane.Stream("data/draw"));
        choices = lanes.Each(lane => lane.Stream("data/choice"));
        Present = state.Add("set", new long[lanes.Count]);
        seen = state.Add("seen", new byte[lanes.Count * lanes.Sets]);
        probe = state.Add("probe/sequences", new long[lanes.Count]);
    }

    /// <summary>The number of each lane's present set; that of a probe is <see
    /// cref="PhaseStart.Apart"/>, and all together are <see cref="PhaseStart.Joint"/>.   //
    /// [lane]</summary>
    public long[] Present { get; }

    /// <param name="sequences">Of the probe, where the set is one.</param>
    public void Begin(int set, long sequences)
    {
        Array.Fill(Present, set);
        if (set == PhaseStart.Apart) Array.Fill(probe, sequences);
        for (var k = 0; k < lanes.Count; k++)
            foreach (var part in Parts(set)) seen[k * lanes.Sets + part] = 1;
    }

    // Those of the experiment that are trained in a phase.
    private IEnumerable<int> Parts(int set) =>
        set == PhaseStart.Joint ? Enumerable.Range(0, lanes.Sets) : set < 0 ? [] : [set];

    /// <summary>Whether a lane has been trained on a set of its own.</summary>
    public bool HasSeen(int lane, int set) => seen[lane * lanes.Sets + set] != 0;

    public SequenceSource Set(int lane, long number)
    {
        var key = number == PhaseStart.Apart ? (-1, 0L, probe[lane]) : (lane, number, 0L);
        return known.TryGetValue(key, out var source) ? source : known[key] = Make(key);
    }

    /// <summary>The places in its set of what a lane is shown in a step. Of all sets together each
    /// sample's is chosen first, every one as often, and then a sequence in it.</summary>
    public void Draw(int lane, long step, Span<long> into)
    {
        var isJoint = Present[lane] == PhaseStart.Joint;
        // All have the same chances.
        Set(lane, isJoint ? 0 : Present[lane]).Draw(draws[lane], step, into);
        if (!isJoint) return;
        var chosen = new long[into.Length];
        choices[lane].FillIntegers(step, lanes.Sets, chosen);
        for (var b = 0; b < into.Length; b++) into[b] += chosen[b] * sequences;
    }

    /// <summary>The sequences at these places of the lanes' present sets.</summary>
    /// <param name="places">[lane * batch]</param>
    public SequenceBatch Batch(long[] places)
    {
        var bits = new byte[places.Length * length];
        for (var k = 0; k < lanes.Count; k++)
        {
            var own = Set(k, Present[k]).Bits;
            for (var b = k * batch; b < (k + 1) * batch; b++)
                own[places[b]].CopyTo(bits.AsSpan(b * length));
        }
        return new SequenceBatch(bits, lanes.Count, length, lanes.Device);
    }

    private SequenceSource Make((int Lane, long Set, long Probe) key)
    {
        if (key.Probe > 0)
            return new(
                BitSet.Draw(RandomStream.Named(ProbeSeed, "data/probe"), 0, (int)key.Probe, length),
                exponent: 0);
        if (key.Set == PhaseStart.Joint)
            return SequenceSource.Join(
                [.. Parts(PhaseStart.Joint).Select(part => Set(key.Lane, part))], length);
        var lane = lanes[key.Lane];
        return new(
            BitSet.Draw(sets[key.Lane], key.Set, sequences, length),
            lane.Text("distribution") == "zipf" ? lane.Real("zipf_exponent") : 0);
    }
}

/// <summary>A set and how often each of its sequences comes.</summary>
internal sealed class SequenceSource
{
    private readonly double[]? sums;        // chances added up; null: all equal
    private readonly Lazy<(double[] Accuracy, double[] Loss)> ceilings;

    /// <param name="exponent">Chances fall as 1 / (rank + 1)^exponent; 0: all are equal.</param>
    public SequenceSource(BitSet bits, double exponent) : this(bits, ByRank(bits.Count, exponent))
    {
        if (exponent != 0) sums = Added(Chances);
    }

    private SequenceSource(BitSet bits, double[] chances)
    {
        (Bits, Chances) = (bits, chances);
        ceilings = new(() => Bits.Ceilings(Chances));
    }

    /// <summary>Sets one after the other, each as likely; who draws from it chooses the set.
    /// </summary>
    public static SequenceSource Join(IReadOnlyList<SequenceSource> sets, int length) => new(
        BitSet.Join(sets.Select(set => set.Bits), length),
        [.. sets.SelectMany(set => set.Chances.Select(chance => chance / sets.Count))]);

    public BitSet Bits { get; }

    /// <summary>[sequence]</summary>
    public double[] Chances { get; }

    /// <summary>The best accuracy on each sequence.   // [sequence]</summary>
    public double[] Ceilings => ceilings.Value.Accuracy;

    /// <summary>The least loss on each sequence, in nats for a bit.   // [sequence]</summary>
    public double[] LossFloors => ceilings.Value.Loss;

    public void Draw(RandomStream stream, long step, Span<long> into)
    {
        if (sums is null)
        {
            stream.FillIntegers(step, Bits.Count, into);
            return;
        }
        for (var b = 0; b < into.Length; b++)
        {
            var at = Array.BinarySearch(sums, stream.UniformDouble(step, b));
            into[b] = Math.Min(at < 0 ? ~at : at + 1, Bits.Count - 1);
        }
    }

    private static double[] ByRank(int count, double exponent)
    {
        var parts = Enumerable.Range(1, count).Select(i => Math.Pow(i, -exponent)).ToArray();
        var whole = parts.Sum();
        return [.. parts.Select(part => part / whole)];
    }

    private static double[] Added(double[] chances)
    {
        var sum = 0.0;
        return [.. chances.Select(chance => sum += chance)];
    }
}
