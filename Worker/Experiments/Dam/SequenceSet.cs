using Mneme.Random;

namespace Mneme.Worker.Experiments;

/// <summary>The sequences between two switches: fair, independent bits, +1 or -1.</summary>
internal sealed class SequenceSet(float[] bits, int length)
{
    /// <summary>A pure function of the stream (the seed) and the set's number.</summary>
    public static SequenceSet Draw(RandomStream stream, long number, int count, int length)
    {
        var bits = new float[count * length];
        stream.FillUniform(number, 1, bits);                    // never 0
        for (var i = 0; i < bits.Length; i++) bits[i] = bits[i] > 0 ? 1 : -1;
        return new SequenceSet(bits, length);
    }

    /// <summary>The sequences of some sets, one set after the other.</summary>
    public static SequenceSet Join(IEnumerable<SequenceSet> sets, int length) =>
        new([.. sets.SelectMany(set => set.Bits.ToArray())], length);

    public int Count { get; } = bits.Length / length;

    /// <summary>All sequences, one after the other.</summary>
    public ReadOnlySpan<float> Bits => bits;

    public float this[int sequence, int position] => bits[sequence * length + position];

    /// <summary>A sequence for people, and to compare by: <c>+--+</c>.</summary>
    public string Text(int sequence) => string.Create(length, sequence, (text, row) =>
    {
        for (var i = 0; i < text.Length; i++) text[i] = this[row, i] > 0 ? '+' : '-';
    });

    /// <summary>The best accuracy that any predictor of bit n can reach from the n before it, for
    /// every n: of sequences that begin alike, predict what most go on with.</summary>
    /// <param name="chances">How likely each sequence is.</param>
    public double[] CeilingsOfBits(double[] chances) => OverPrefixes((n, group) =>
    {
        var ahead = group.Sum(i => this[i, n] > 0 ? chances[i] : 0);
        return Math.Max(ahead, group.Sum(i => chances[i]) - ahead);
    });

    /// <summary>The best accuracy of naming the sequence from its first n bits, for every n.
    /// </summary>
    /// <inheritdoc cref="CeilingsOfBits"/>
    public double[] CeilingsOfNames(double[] chances) =>
        OverPrefixes((_, group) => group.Max(i => chances[i]));

    // For every n the sum over the groups of sequences with equal first n bits. Once every
    // sequence is told apart, nothing is missed.
    private double[] OverPrefixes(Func<int, List<int>, double> best)
    {
        List<List<int>> groups = [[.. Enumerable.Range(0, Count)]];
        var sums = new double[length];
        for (var n = 0; n < length; n++)
        {
            sums[n] = groups.Count == Count ? 1 : groups.Sum(group => best(n, group));
            if (groups.Count < Count) groups = [.. groups.SelectMany(group => Split(group, n))];
        }
        return sums;
    }

    private IEnumerable<List<int>> Split(List<int> group, int n)
    {
        if (group.Count == 1) return [group];
        var ahead = group.FindAll(i => this[i, n] > 0);
        var other = group.FindAll(i => this[i, n] < 0);
        return new[] { ahead, other }.Where(part => part.Count > 0);
    }
}
