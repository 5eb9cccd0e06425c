using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Memories;

/// <summary>A queue of whole sequences in every lane: the last ones seen, oldest dropped,
/// duplicates kept. It holds their numbers, not their bits: whoever numbers sequences can draw
/// them again, and a checkpoint holds 8 bytes an entry.</summary>
internal sealed class SequenceQueue
{
    /// <summary>The entry that is no sequence but a vector of zeros.</summary>
    public const long Zero = -1;

    private readonly int capacity;
    private readonly bool startsWithZeros;
    private readonly long[] ring;       // [lane, capacity]
    private readonly long[] count;      // [lane]: entries in use
    private readonly long[] next;       // [lane]: the place that is written next

    public SequenceQueue(LaneState state, int lanes, int capacity, bool startsWithZeros)
    {
        (this.capacity, this.startsWithZeros) = (capacity, startsWithZeros);
        ring = state.Add("memory/ring", new long[lanes * capacity]);
        count = state.Add("memory/count", new long[lanes]);
        next = state.Add("memory/next", new long[lanes]);
        for (var k = 0; k < lanes; k++) Clear(k);
    }

    /// <summary>Back to the start: empty, or full of zeros.</summary>
    public void Clear(int lane)
    {
        Array.Fill(ring, Zero, lane * capacity, capacity);
        (count[lane], next[lane]) = (startsWithZeros ? capacity : 0, 0);
    }

    /// <summary>Appends sequences in their order.</summary>
    public void Append(int lane, ReadOnlySpan<long> sequences)
    {
        foreach (var sequence in sequences)
        {
            ring[lane * capacity + next[lane]] = sequence;
            next[lane] = (next[lane] + 1) % capacity;
        }
        count[lane] = Math.Min(count[lane] + sequences.Length, capacity);
    }

    /// <summary>Places of a lane.</summary>
    public int Capacity => capacity;

    public bool IsEmpty(int lane) => count[lane] == 0;

    /// <summary>The share of places in use.</summary>
    public double Fill(int lane) => (double)count[lane] / capacity;

    /// <summary>What is stored, oldest first: an entry's age in sequences is its distance from the
    /// end.</summary>
    public long[] Entries(int lane)
    {
        var entries = new long[count[lane]];
        var oldest = next[lane] + capacity - count[lane];
        for (var i = 0; i < entries.Length; i++)
            entries[i] = ring[lane * capacity + (oldest + i) % capacity];
        return entries;
    }

    /// <summary>Whether all that is stored has one of so many numbers, from the first on.
    /// </summary>
    public bool IsWithin(int lane, long first, int count)
    {
        foreach (var sequence in Used(lane))
            if ((ulong)(sequence - first) >= (ulong)count && sequence != Zero) return false;
        return true;
    }

    /// <summary>Adds up how often each sequence is stored.</summary>
    /// <param name="firsts">The lowest number of each block of sequences.</param>
    /// <param name="size">How many a block has; none is stored that belongs to no block.</param>
    /// <param name="counts">By block and place in it; the last place takes the zeros.</param>
    public void CountInto(
        int lane, ReadOnlySpan<long> firsts, int size, Span<float> counts)
    {
        foreach (var sequence in Used(lane))
        {
            if (sequence == Zero)
            {
                counts[^1]++;
                continue;
            }
            var block = 0;
            while ((ulong)(sequence - firsts[block]) >= (ulong)size) block++;
            counts[block * size + (int)(sequence - firsts[block])]++;
        }
    }

    // A ring that is not full was filled from its beginning.
    private ReadOnlySpan<long> Used(int lane) =>
        ring.AsSpan(lane * capacity, (int)count[lane]);
}
