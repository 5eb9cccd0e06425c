using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Mneme.Results;

namespace Mneme.Worker.Cohorts;

/// <summary>A rolling SHA-256 per lane over its points: <c>h = SHA-256(h | step | values |
/// records)</c>. It is part of the lane's state, so it shows neither where segments were cut nor
/// which cohort computed them.</summary>
public sealed class ChainHash(LaneState state, int lanes)
{
    private readonly byte[] hashes = state.Add("chain", new byte[lanes * SHA256.HashSizeInBytes]);
    private readonly long[] points = state.Add("points", new long[lanes]);

    /// <summary>Points so far: the number of the next one.</summary>
    public long Points => points[0];

    /// <param name="records">Arrays of all lanes.   // [K, ...]</param>
    public void Extend(
        int lane, long step, ReadOnlySpan<double> values, IReadOnlyList<NamedArray> records)
    {
        points[lane]++;
        var hash = hashes.AsSpan(lane * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(hash);
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, step);
        sha.AppendData(number);
        sha.AppendData(MemoryMarshal.AsBytes(values));
        foreach (var record in records)
        {
            var size = record.Bytes.Length / lanes;
            sha.AppendData(record.Bytes.Span.Slice(lane * size, size));
        }
        sha.GetHashAndReset(hash);
    }

    public string Text(int lane) => Convert.ToHexStringLower(
        hashes.AsSpan(lane * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes));
}
