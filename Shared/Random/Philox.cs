using System.Runtime.CompilerServices;

namespace Mneme.Random;

/// <summary>
/// Philox4x32-10: a bijection of 128-bit counters under a 64-bit key, whose outputs are random.
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
/// </summary>
public static class Philox
{
    private const uint MultiplierA = 0xD2511F53, MultiplierB = 0xCD9E8D57;
    private const uint WeylA = 0x9E3779B9, WeylB = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>The four random words of one counter.</summary>
    public static Words Draw(Words counter, uint keyA, uint keyB)
    {
        for (var round = 0; round < Rounds; round++)
        {
            counter = Round(counter, keyA, keyB);
            keyA += WeylA;
            keyB += WeylB;
        }
        return counter;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Words Round(Words counter, uint keyA, uint keyB)
    {
        var a = (ulong)MultiplierA * counter.A;
        var b = (ulong)MultiplierB * counter.C;
        return new Words(
            (uint)(b >> 32) ^ counter.B ^ keyA, (uint)b,
            (uint)(a >> 32) ^ counter.D ^ keyB, (uint)a);
    }
}

/// <summary>A Philox counter, or the four random words it turns into.</summary>
public readonly record struct Words(uint A, uint B, uint C, uint D)
{
    public uint this[int place] => place switch { 0 => A, 1 => B, 2 => C, _ => D };
}
