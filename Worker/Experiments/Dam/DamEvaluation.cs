using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>How a lane does on every sequence of a set, each counted once.</summary>
/// <param name="Ceiling">The best possible accuracy.</param>
/// <param name="Chance">That of a guess.</param>
/// <param name="ByPosition">Accuracy by revealed bits, from one on.   // [length - 1]</param>
internal sealed record DamScore(
    double Accuracy, double Loss, double Ceiling, double Chance, double[] ByPosition);

/// <summary>Reads whole sets with the weights and the memory of now. Draws nothing, changes
/// nothing; the set that is read need not be stored.</summary>
internal sealed class DamEvaluation(
    Lanes lanes, DamData data, DamNet net, DamTables tables, DamRetrieval retrieval)
{
    private const int MostAtOnce = 256;
    private readonly bool[] includesFirst = lanes.Each(DamData.IncludesFirst);

    /// <summary>A set by its number, or all together, in every lane.   // [lane]</summary>
    public DamScore[] Of(long set)
    {
        tables.Follow();
        var sums = lanes.Each(_ => new Sums(data.Length - 1));
        var sequences = lanes.Each((k, _) => data.Look(k, set));
        using var still = Autograd.NoGrad();
        using var own = tables.NamesSequences ? tables.OfSet(set) : null;
        IReadOnlyList<DamTable> read = own is null ? tables.Tables : [own];
        var count = sequences[0].Count;
        for (var from = 0; from < count; from += MostAtOnce)
            Add(sequences, read, from, Math.Min(MostAtOnce, count - from), sums);
        return lanes.Each((k, _) => ScoreOf(k, data.Ceilings(k, set).Each, sequences[k], sums[k]));
    }

    private void Add(
        SequenceSet[] sequences, IReadOnlyList<DamTable> read, int from, int count, Sums[] sums)
    {
        using var scope = new TensorScope();
        var rows = Tensor.From<float>(
            [.. sequences.SelectMany(set =>
                set.Bits.Slice(from * data.Length, count * data.Length).ToArray())],
            [lanes.Count, count, data.Length], lanes.Device);
        var place = Tensor.From(
            [.. lanes.Each(_ => Enumerable.Range(from, count)).SelectMany(i => i)
                .Select(i => (long)i)], [lanes.Count, count], lanes.Device);
        var (queries, isAhead) = (net.Queries(rows), rows.Gt(0.0));
        var share = Tensor.Ones([lanes.Count, 1, 1], device: lanes.Device);     // not used
        var part = DamPart.Join(0, [.. read.Select(table =>
            retrieval.Retrieve(
                tables.Ask(table, queries, net.Keys(table.Bits, table.FirstLane), isAhead, place,
                    share), learns: false))]);
        var (loss, hit) = (part.Loss.ToArray<float>(), part.Hit.ToArray<bool>());
        for (var i = 0; i < loss.Length; i++)
            sums[i / (count * (data.Length - 1))].Add(
                i / count % (data.Length - 1), loss[i], hit[i]);
    }

    private DamScore ScoreOf(int lane, double ceiling, SequenceSet set, Sums sums)
    {
        var (count, positions) = ((double)set.Count, data.Length - 1);
        var chance = tables.NamesSequences ? 1 / count : .5;
        if (tables.IsEmpty(lane))
            return new DamScore(
                .5, Math.Log(2), ceiling, chance, [.. Enumerable.Repeat(.5, positions)]);
        var (loss, hits) = (sums.Loss.Sum(), sums.Hits.Sum());
        if (includesFirst[lane])
        {
            var (also, right) = FirstBit(lane, set);
            (loss, hits, positions) = (loss + also, hits + right, positions + 1);
        }
        return new DamScore(
            hits / count / positions, loss / count / positions, ceiling, chance,
            [.. sums.Hits.Select(sum => sum / count)]);
    }

    private (double Loss, double Hits) FirstBit(int lane, SequenceSet set)
    {
        var ahead = tables.FirstBits().Select(0, lane).ToArray<float>()[0];
        var share = Math.Clamp((double)ahead, 1e-6, 1 - 1e-6);
        var (loss, hits) = (0.0, 0.0);
        for (var i = 0; i < set.Count; i++)
        {
            loss -= Math.Log(set[i, 0] > 0 ? share : 1 - share);
            hits += set[i, 0] > 0 == ahead > .5 ? 1 : 0;
        }
        return (loss, hits);
    }

    // In double precision and in the order of the sequences: the same whatever the neighbours are.
    private sealed class Sums(int positions)
    {
        public double[] Loss { get; } = new double[positions];

        public double[] Hits { get; } = new double[positions];

        public void Add(int position, float loss, bool hit)
        {
            Loss[position] += loss;
            Hits[position] += hit ? 1 : 0;
        }
    }
}
