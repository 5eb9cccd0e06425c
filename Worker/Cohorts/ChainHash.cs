using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Mneme.Worker.Cohorts;

/// <summary>A rolling SHA-256 per lane over its points: <c>h = SHA-256(h | step | values)</c>. It
/// is part of the lane's state, so it shows neither where segments were cut nor which cohort
/// computed them.</summary>
public sealed class ChainHash(LaneState state, int lanes)
{
    private readonly byte[] hashes = state.Add("chain", new byte[lanes * SHA256.HashSizeInBytes]);

    public void Extend(int lane, long step, ReadOnlySpan<double> values)
    {
        var hash = hashes.AsSpan(lane * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes);
        var input = new byte[hash.Length + sizeof(long) + values.Length * sizeof(double)];
        hash.CopyTo(input);
        BinaryPrimitives.WriteInt64LittleEndian(input.AsSpan(hash.Length), step);
        MemoryMarshal.AsBytes(values).CopyTo(input.AsSpan(hash.Length + sizeof(long)));
        SHA256.HashData(input, hash);
    }

    public string Text(int lane) => Convert.ToHexStringLower(
        hashes.AsSpan(lane * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes));
}
