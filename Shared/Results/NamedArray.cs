using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Mneme.Results;

/// <summary>What the elements of an array are; all little-endian.</summary>
public enum ArrayType
{
    Float32 = 0, Float64 = 1, Integer64 = 2, Integer32 = 3, Byte = 4, Flag = 5, SignedByte = 6,
}

/// <summary>An array in C order, as checkpoints and results carry it.</summary>
/// <param name="Shape">Lengths of the axes; empty for a single number.</param>
/// <param name="Bytes">Product of the shape times <see cref="ArrayTypes.Size"/> bytes.</param>
public sealed record NamedArray(
    string Name, ArrayType Type, ImmutableArray<long> Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>An array of the numbers given.</summary>
    /// <exception cref="ArgumentException">The shape does not hold as many numbers.</exception>
    public static NamedArray Of<T>(string name, ReadOnlySpan<T> values, params long[] shape)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values).ToArray();
        var array = new NamedArray(name, ArrayTypes.Of<T>(), [.. shape], bytes);
        array.Check();
        return array;
    }

    /// <summary>The elements as numbers.</summary>
    /// <exception cref="InvalidOperationException">The array holds another type.</exception>
    public ReadOnlySpan<T> As<T>() where T : unmanaged =>
        ArrayTypes.Of<T>() == Type
            ? MemoryMarshal.Cast<byte, T>(Bytes.Span)
            : throw new InvalidOperationException($"'{Name}' holds {Type}, not {typeof(T).Name}");

    /// <summary>One lane's share of an array with a lane axis.   // [K, ...] -> [...]</summary>
    public NamedArray Lane(int lane)
    {
        var size = Bytes.Length / (int)Shape[0];
        return this with { Shape = Shape[1..], Bytes = Bytes.Slice(lane * size, size) };
    }

    /// <summary>Throws unless shape, type and bytes agree: a writer's own fault.</summary>
    internal void Check()
    {
        var size = ArrayTypes.SizeOf(Type, Shape);
        if (size != Bytes.Length)
            throw new ArgumentException(
                $"array '{Name}': shape [{string.Join(", ", Shape)}] of {Type} takes " +
                $"{size?.ToString() ?? "too many"} bytes, not {Bytes.Length}");
    }
}
