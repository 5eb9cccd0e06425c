using Mneme.Random;

namespace Mneme.Worker.Experiments;

/// <summary>The sequences of a set: fair, independent bits, one in each byte.</summary>
internal sealed class BitSet(byte[] bits, int length)
{
    /// <summary>A pure function of the stream (the seed) and the set's number.</summary>
    public static BitSet Draw(RandomStream stream, long number, int count, int length)
    {
        var bits = new byte[count * length];
        var row = new float[length];
        for (var i = 0; i < count; i++)
        {
            stream.FillUniform(number, row, (long)i * length);
            for (var t = 0; t < length; t++)
                bits[i * length + t] = row[t] < .5f ? (byte)0 : (byte)1;
        }
        return new BitSet(bits, length);
    }

    /// <summary>The sequences of some sets, one set after the other.</summary>
    public static BitSet Join(IEnumerable<BitSet> sets, int length) =>
        new([.. sets.SelectMany(set => set.Bits.ToArray())], length);

    public int Count { get; } = bits.Length / length;

    /// <summary>All sequences, one after the other.</summary>
    public ReadOnlyMemory<byte> Bits => bits;

    public ReadOnlySpan<byte> this[long sequence] => bits.AsSpan((int)sequence * length, length);

    /// <summary>The best that any predictor of the next bit can do on each sequence, when sequence
    /// i comes with chance p(i): of those that begin alike, expect what they go on with.</summary>
    /// <returns>Means over positions: the share of right bits (half of one at a tie), and -ln p of
    /// the bit in nats.   // [sequence]</returns>
    public (double[] Accuracy, double[] Loss) Ceilings(double[] chances)
    {
        var (accuracy, loss) = (new double[Count], new double[Count]);
        var order = Enumerable.Range(0, Count).ToArray();
        var open = new Stack<(int From, int To, int Known)>([(0, Count, 0)]);
        while (open.TryPop(out var group))
        {
            var (from, to, known) = group;
            if (to - from == 1) accuracy[order[from]] += length - Math.Max(known, 1);
            if (to - from == 1 || known == length) continue;
            var middle = Split(order, from, to, known);
            if (known > 0)
                Judge(order.AsSpan(from, to - from), middle - from, chances, accuracy, loss);
            if (middle > from) open.Push((from, middle, known + 1));
            if (to > middle) open.Push((middle, to, known + 1));
        }
        for (var i = 0; i < Count; i++)
            (accuracy[i], loss[i]) = (accuracy[i] / (length - 1), loss[i] / (length - 1));
        return (accuracy, loss);
    }

    // Of sequences that were alike so far, those that go on with a zero come first.
    private static void Judge(
        ReadOnlySpan<int> alike, int zeros, double[] chances, double[] accuracy, double[] loss)
    {
        var (zero, one) = (0.0, 0.0);
        foreach (var i in alike[..zeros]) zero += chances[i];
        foreach (var i in alike[zeros..]) one += chances[i];
        for (var i = 0; i < alike.Length; i++)
        {
            var (own, other) = i < zeros ? (zero, one) : (one, zero);
            accuracy[alike[i]] += own > other ? 1 : own < other ? 0 : .5;
            loss[alike[i]] -= Math.Log(own / (own + other));
        }
    }

    // Zeros at this position first, each side in the order it had.
    private int Split(int[] order, int from, int to, int position)
    {
        var ones = new List<int>();
        var middle = from;
        for (var i = from; i < to; i++)
            if (bits[order[i] * length + position] != 0) ones.Add(order[i]);
            else order[middle++] = order[i];
        ones.CopyTo(order, middle);
        return middle;
    }
}
