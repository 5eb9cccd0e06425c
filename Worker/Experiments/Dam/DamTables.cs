using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>What the queue holds, as tensors: every sequence once, however often it is stored. A
/// sum over M entries is a sum over distinct sequences, each weighed by its count: the published
/// size has 3000 entries of 500 sequences.</summary>
internal sealed class DamTables(Lanes lanes, DamData data, SequenceQueue? queue) : IDisposable
{
    private readonly int length = lanes.Size("sequence_length");
    private readonly bool hasZeros = lanes[0].Text("initial_memory") == "zeros";
    private long[] shown = [];              // [lane]: the sets that the rows below are of
    private long[][] stored = [];           // [lane][block]: sets that may be stored, in order
    private Tensor? present;                // [lane * sequence, length]

    /// <summary>Neighbouring lanes whose tables have equal shapes.</summary>
    public List<DamTable> Tables { get; } = [];

    /// <summary>Whether a sequence is named among those of its set; else its next bit is predicted
    /// from what is stored.</summary>
    public bool NamesSequences => queue is null;

    /// <summary>Whether a lane has nothing to look into.</summary>
    public bool IsEmpty(int lane) => queue?.IsEmpty(lane) ?? false;

    /// <summary>Sequences of the lanes' present sets.   // [lane, batch, length]</summary>
    /// <param name="places">Where in its lane's set each one is.   // [lane * batch]</param>
    public Tensor Rows(long[] places)
    {
        var (batch, ofLane) = (places.Length / lanes.Count, present!.Size(0) / lanes.Count);
        var rows = places.Select((place, i) => place + i / batch * ofLane);
        var index = Tensor.From([.. rows], [places.Length], lanes.Device);
        return present.Index(0, index).View(lanes.Count, batch, length);
    }

    /// <summary>Makes the tables those of the sets now present or stored.</summary>
    public void Follow()
    {
        var now = lanes.Each((k, _) => SetsOf(k));
        if (shown.SequenceEqual(data.Present) && stored.Length == now.Length
            && stored.Zip(now).All(pair => pair.First.SequenceEqual(pair.Second))) return;
        (shown, stored) = ([.. data.Present], now);
        Dispose();
        data.KeepOnly(stored);
        present = Tensor.From<float>(
            [.. shown.SelectMany((set, k) => data.Set(k, set).Bits.ToArray())],
            [(long)lanes.Count * data.Set(0, shown[0]).Count, length], lanes.Device).Keep();
        for (int from = 0, to; from < lanes.Count; from = to)
        {
            for (to = from + 1; to < lanes.Count && IsLike(to, from);) to++;
            Tables.Add(Table(from, stored[from..to], hasZeros));
        }
    }

    /// <summary>A table of one set of every lane, or of all together, whether it is stored or not.
    /// </summary>
    public DamTable OfSet(long set) => Table(0, lanes.Each((_, _) => data.Parts(set)), false);

    /// <summary>What the lanes of a table ask of it; all but the keys is of all lanes.</summary>
    public DamQuestion Ask(
        DamTable table, Tensor queries, Tensor keys, Tensor isAhead, Tensor place, Tensor share)
    {
        Tensor Own(Tensor all) => all.Narrow(0, table.FirstLane, table.Lanes);
        return new DamQuestion(
            Own(queries), keys, table.Counts(queue, data.Sequences, lanes.Device).Log(),
            table.Sides.Narrow(1, 1, length - 1),
            Own(isAhead).Transpose(1, 2).Narrow(1, 1, length - 1), Own(place), Own(share));
    }

    /// <summary>The shares of what is stored whose first bit is +1, and is not.   // [lane, 1,
    /// 2]</summary>
    public Tensor FirstBits() => Tensor.Cat(0, [.. Tables.Select(table =>
    {
        var counts = table.Counts(queue, data.Sequences, lanes.Device);     // [lanes, 1, row]
        return counts.Bmm(table.Sides.Select(1, 0)) / counts.Sum([2], true);
    })]);

    public void Dispose()
    {
        present?.Dispose();
        foreach (var table in Tables) table.Dispose();
        Tables.Clear();
    }

    private bool IsLike(int lane, int other) => stored[lane].Length == stored[other].Length;

    private long[] SetsOf(int lane)
    {
        var present = data.Present[lane];
        if (queue is null || present == PhaseStart.Joint
            || queue.IsWithin(lane, present * data.Sequences, data.Sequences))
            return data.Parts(present);
        return [.. queue.Entries(lane).Where(entry => entry != SequenceQueue.Zero)
            .Select(entry => entry / data.Sequences).Append(present).Distinct().Order()];
    }

    private DamTable Table(int firstLane, long[][] sets, bool endsWithZeros)
    {
        var rows = sets[0].Length * data.Sequences + (endsWithZeros ? 1 : 0);
        var bits = new float[(long)sets.Length * length * rows];
        for (var k = 0; k < sets.Length; k++)
            Fill(firstLane + k, sets[k], rows, bits.AsSpan(k * length * rows, length * rows));
        var table = Tensor.From(bits, [sets.Length, length, rows], lanes.Device);
        var ahead = table.Gt(0.0);
        return new DamTable(firstLane, sets, table.Keep(),
            Tensor.Stack(-1, ahead, ahead.LogicalNot()).To(DType.Float32).Keep());
    }

    // Column by column; the last one stays zero when there are zeros.
    private void Fill(int lane, long[] sets, int rows, Span<float> bits)
    {
        for (var block = 0; block < sets.Length; block++)
        {
            var set = data.Look(lane, sets[block]);
            for (var row = 0; row < data.Sequences; row++)
                for (var n = 0; n < length; n++)
                    bits[n * rows + block * data.Sequences + row] = set[row, n];
        }
    }
}

/// <summary>Every sequence that some lanes may store, once.</summary>
/// <param name="Sets">The sets in each lane's table, in order.   // [lanes][block]</param>
/// <param name="Bits">+1, -1, or 0 in a row of zeros.   // [lanes, length, row]</param>
/// <param name="Sides">1 where a bit is +1, and 1 where it is not.   // [lanes, length, row,
/// 2]</param>
internal sealed record DamTable(int FirstLane, long[][] Sets, Tensor Bits, Tensor Sides)
    : IDisposable
{
    public int Lanes => Sets.Length;

    public int Rows => (int)Bits.Size(2);

    /// <summary>How often each row is stored. An empty memory stores all of them once: what it
    /// answers is not used, but is no NaN.   // [lanes, 1, row]</summary>
    public Tensor Counts(SequenceQueue? queue, int sequences, Device device)
    {
        var counts = new float[Lanes * Rows];
        for (var k = 0; k < Lanes; k++)
        {
            var own = counts.AsSpan(k * Rows, Rows);
            if (queue is null || queue.IsEmpty(FirstLane + k)) own.Fill(1);
            else
                queue.CountInto(
                    FirstLane + k, [.. Sets[k].Select(set => set * sequences)], sequences, own);
        }
        return Tensor.From<float>(counts, [Lanes, 1, Rows], device);
    }

    public void Dispose()
    {
        Bits.Dispose();
        Sides.Dispose();
    }
}
