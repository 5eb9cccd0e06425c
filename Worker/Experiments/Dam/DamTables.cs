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
    private long[] newest = [], oldest = [];
    private Tensor? present;                // [lane * sequence, length]

    /// <summary>Neighbouring lanes whose tables have equal shapes.</summary>
    public List<DamTable> Tables { get; } = [];

    /// <summary>Sequences of the lanes' present sets.   // [lane, batch, length]</summary>
    /// <param name="places">Where in its lane's set each one is.   // [lane * batch]</param>
    public Tensor Rows(long[] places)
    {
        var batch = places.Length / lanes.Count;
        var rows = places.Select((place, i) => place + (long)(i / batch) * data.Sequences);
        var index = Tensor.From([.. rows], [places.Length], lanes.Device);
        return present!.Index(0, index).View(lanes.Count, batch, length);
    }

    /// <summary>Makes the tables those of the sets now present or stored.</summary>
    public void Follow()
    {
        var first = lanes.Each((k, _) =>
            queue is null ? data.Present[k] : Oldest(k) / data.Sequences);
        if (newest.SequenceEqual(data.Present) && oldest.SequenceEqual(first)) return;
        (newest, oldest) = ([.. data.Present], first);
        Dispose();
        present = Tensor.From<float>(
            [.. newest.SelectMany((set, k) => data.Set(k, set).Bits.ToArray())],
            [(long)lanes.Count * data.Sequences, length], lanes.Device).Keep();
        for (var k = 0; k < lanes.Count; k++) data.Forget(k, oldest[k]);
        for (int from = 0, to; from < lanes.Count; from = to)
        {
            for (to = from + 1; to < lanes.Count && Sets(to) == Sets(from);) to++;
            Tables.Add(Table(from, to - from));
        }
    }

    public void Dispose()
    {
        present?.Dispose();
        foreach (var table in Tables) table.Dispose();
        Tables.Clear();
    }

    private long Oldest(int lane) => queue!.Lowest(lane, data.Present[lane] * data.Sequences);

    private int Sets(int lane) => (int)(newest[lane] - oldest[lane] + 1);

    private DamTable Table(int firstLane, int count)
    {
        var rows = Sets(firstLane) * data.Sequences + (hasZeros ? 1 : 0);
        var bits = new float[(long)count * length * rows];
        for (var k = 0; k < count; k++)
            Fill(firstLane + k, rows, bits.AsSpan(k * length * rows, length * rows));
        var table = Tensor.From(bits, [count, length, rows], lanes.Device);
        var ahead = table.Gt(0.0);
        return new DamTable(firstLane, oldest[firstLane..(firstLane + count)], table.Keep(),
            Tensor.Stack(-1, ahead, ahead.LogicalNot()).To(DType.Float32).Keep());
    }

    // Column by column; the last one stays zero when there are zeros.
    private void Fill(int lane, int rows, Span<float> bits)
    {
        for (var row = 0; row < Sets(lane) * data.Sequences; row++)
        {
            var set = data.Set(lane, oldest[lane] + row / data.Sequences);
            for (var n = 0; n < length; n++)
                bits[n * rows + row] = set[row % data.Sequences, n];
        }
    }
}

/// <summary>Every sequence that some lanes may store, once.</summary>
/// <param name="Oldest">The first set in each lane's table.   // [lanes]</param>
/// <param name="Bits">+1, -1, or 0 in a row of zeros.   // [lanes, length, row]</param>
/// <param name="Sides">1 where a bit is +1, and 1 where it is not.   // [lanes, length, row,
/// 2]</param>
internal sealed record DamTable(int FirstLane, long[] Oldest, Tensor Bits, Tensor Sides)
    : IDisposable
{
    public int Lanes => Oldest.Length;

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
            else queue.CountInto(FirstLane + k, Oldest[k] * sequences, own);
        }
        return Tensor.From<float>(counts, [Lanes, 1, Rows], device);
    }

    public void Dispose()
    {
        Bits.Dispose();
        Sides.Dispose();
    }
}
