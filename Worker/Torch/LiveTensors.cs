using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Mneme.Worker.Torch;

/// <summary>Counts tensors without a word that all threads write to: between two training threads
/// such a word would travel at every operator.</summary>
internal static class LiveTensors
{
    private static readonly ConcurrentBag<Tally> Tallies = [];

    [ThreadStatic]
    private static Tally? own;

    /// <summary>Of all threads; a tensor may be freed by another than made it.</summary>
    internal static long Count => Tallies.Sum(tally => Volatile.Read(ref tally.Slot.Value));

    internal static void Add(long change) => (own ??= Register()).Slot.Value += change;

    private static Tally Register()
    {
        var tally = new Tally();
        Tallies.Add(tally);
        return tally;
    }

    private sealed class Tally
    {
        internal LoneWord Slot;
    }

    /// <summary>A word with no neighbour in its cache line, nor in the next.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct LoneWord
    {
        [FieldOffset(128)]
        internal long Value;
    }
}
