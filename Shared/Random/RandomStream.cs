using System.Text;

namespace Mneme.Random;

/// <summary>
/// One purpose's random numbers in one trial. Every number is a pure function of
/// (seed, stream, step, element): nothing is kept, so a checkpoint holds no generator.
/// </summary>
/// <remarks>
/// The Philox key is (seed, id). The counter is (step low, step high, block, attempt), and an
/// element is a fixed part of its block. Draws of different kinds share those words: give each
/// purpose a stream of its own. Elements reach from 0 to 2^33 - 1, steps from 0 to 2^63 - 1.
/// </remarks>
/// <param name="Seed">The trial's seed.</param>
/// <param name="Id">The purpose; <see cref="Named"/> makes it from a name.</param>
public readonly record struct RandomStream(uint Seed, uint Id)
{
    public const long MaximumElements = 1L << 33;

    /// <summary>The stream of a purpose such as <c>init/W1</c>: its id is the 32-bit FNV-1a hash of
    /// the name's UTF-8 bytes (Fowler, Noll, Vo: offset 2166136261, prime 16777619).</summary>
    public static RandomStream Named(uint seed, string name)
    {
        var hash = 2166136261u;
        foreach (var octet in Encoding.UTF8.GetBytes(name)) hash = (hash ^ octet) * 16777619u;
        return new RandomStream(seed, hash);
    }

    /// <summary>Uniform in [0, 1): multiples of 2^-24.</summary>
    /// <param name="into">Receives the elements first, first + 1, ...</param>
    public void FillUniform(long step, Span<float> into, long first = 0)
    {
        var words = new WordSource(this, step, first, into.Length);
        for (var i = 0; i < into.Length; i++) into[i] = (words[first + i] >> 8) * OneIn24Bits;
    }

    /// <summary>Uniform in the open interval (-bound, bound), symmetric about 0.</summary>
    public void FillUniform(long step, float bound, Span<float> into, long first = 0)
    {
        if (!(bound >= 0 && float.IsFinite(bound)))
            throw new ArgumentOutOfRangeException(nameof(bound), bound, "finite and not negative");
        var words = new WordSource(this, step, first, into.Length);
        for (var i = 0; i < into.Length; i++)
        {
            // An odd number of 2^-24 below one: exact in float32, and never 0 or an end.
            var odd = 2 * (int)(words[first + i] >> 8) + 1 - (1 << 24);
            into[i] = odd * OneIn24Bits * bound;
        }
    }

    /// <summary>Standard normal, by Box and Muller (1958): elements 2i and 2i + 1 are the cosine
    /// and the sine of one angle. Computed in float64, rounded to float32; at most 6.7 in size.
    /// </summary>
    public void FillNormal(long step, Span<float> into, long first = 0)
    {
        var words = new WordSource(this, step, first, into.Length);
        var i = 0;
        while (i < into.Length)
        {
            var element = first + i;
            var (cosine, sine) = NormalPair(words[element & ~1L], words[element | 1L]);
            if ((element & 1) == 0) into[i++] = cosine;
            if (i < into.Length) into[i++] = sine;
        }
    }

    /// <summary>Whole numbers in [0, count), each equally likely.</summary>
    /// <param name="count">From 1 to 2^63 - 1.</param>
    public void FillIntegers(long step, long count, Span<long> into, long first = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var words = new WordSource(this, step, first, into.Length);
        for (var i = 0; i < into.Length; i++) into[i] = Below((ulong)count, first + i, words);
    }

    /// <summary>One uniform number in [0, 1) in double precision: a multiple of 2^-53.</summary>
    public double UniformDouble(long step, long element = 0) =>
        (new WordSource(this, step, element, 1).Pair(element, attempt: 0) >> 11) * OneIn53Bits;

    /// <summary>One whole number in [0, count), the one a bulk fill gives.</summary>
    public long Integer(long step, long count, long element = 0)
    {
        Span<long> one = stackalloc long[1];
        FillIntegers(step, count, one, element);
        return one[0];
    }

    private const float OneIn24Bits = 1f / (1 << 24);
    private const double OneIn32Bits = 1.0 / (1L << 32);
    private const double OneIn53Bits = 1.0 / (1L << 53);

    private static (float Cosine, float Sine) NormalPair(uint radiusWord, uint angleWord)
    {
        var radius = Math.Sqrt(-2 * Elementary.Log((radiusWord + 1.0) * OneIn32Bits));
        var (sin, cos) = Elementary.SinCosOfTurns(angleWord * OneIn32Bits);
        return ((float)(radius * cos), (float)(radius * sin));
    }

    // Lemire (2019), "Fast random integer generation in an interval", with 64-bit words: the high
    // half of word x count, unless the low half falls into the 2^64 mod count values too many.
    private static long Below(ulong count, long element, in WordSource words)
    {
        for (uint attempt = 0; ; attempt++)
        {
            var product = (UInt128)words.Pair(element, attempt) * count;
            var low = (ulong)product;
            if (low >= count || low >= (0 - count) % count) return (long)(ulong)(product >> 64);
        }
    }
}
