namespace Mneme.Actors;

/// <summary>
/// A small generator (SplitMix64) for jitter and interleavings. It is no source of an experiment's
/// numbers: those are counter-based, in <c>Mneme.Random</c>.
/// </summary>
internal struct SplitMix(ulong seed)
{
    private ulong state = seed;

    public ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>In [0, 1).</summary>
    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    public int Below(int count) => (int)(Next() % (ulong)count);
}
