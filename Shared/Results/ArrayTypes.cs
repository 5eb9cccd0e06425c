using System.Collections.Immutable;

namespace Mneme.Results;

/// <summary>The names and sizes of <see cref="ArrayType"/>.</summary>
public static class ArrayTypes
{
    public const int MaximumAxes = 32;

    /// <summary>Bytes of one element.</summary>
    public static int Size(this ArrayType type) => type switch
    {
        ArrayType.Float64 or ArrayType.Integer64 => 8,
        ArrayType.Float32 or ArrayType.Integer32 => 4,
        _ => 1,
    };

    /// <summary>Bytes of an array, or null when a length is negative or the product too large.
    /// </summary>
    public static long? SizeOf(ArrayType type, ImmutableArray<long> shape) =>
        SizeOf(type.Size(), shape);

    /// <inheritdoc cref="SizeOf(ArrayType, ImmutableArray{long})"/>
    /// <param name="element">Bytes of one element.</param>
    public static long? SizeOf(int element, ImmutableArray<long> shape)
    {
        if (shape.Length > MaximumAxes || shape.Any(length => length < 0)) return null;
        if (shape.Contains(0)) return 0;
        UInt128 size = (uint)element;
        foreach (var length in shape)
        {
            size *= (ulong)length;
            if (size > long.MaxValue) return null;
        }
        return (long)size;
    }

    /// <summary>The type of a .NET number: float, double, long, int, byte, bool or sbyte.
    /// </summary>
    public static ArrayType Of<T>() where T : unmanaged =>
        Types.TryGetValue(typeof(T), out var type)
            ? type
            : throw new NotSupportedException($"no array holds {typeof(T).Name}");

    private static readonly Dictionary<Type, ArrayType> Types = new()
    {
        [typeof(float)] = ArrayType.Float32,
        [typeof(double)] = ArrayType.Float64,
        [typeof(long)] = ArrayType.Integer64,
        [typeof(int)] = ArrayType.Integer32,
        [typeof(byte)] = ArrayType.Byte,
        [typeof(bool)] = ArrayType.Flag,
        [typeof(sbyte)] = ArrayType.SignedByte,
    };

    /// <summary>The name in a safetensors header.</summary>
    internal static string SafetensorsName(this ArrayType type) => type switch
    {
        ArrayType.Float32 => "F32",
        ArrayType.Float64 => "F64",
        ArrayType.Integer64 => "I64",
        ArrayType.Integer32 => "I32",
        ArrayType.Byte => "U8",
        ArrayType.SignedByte => "I8",
        _ => "BOOL",
    };

    internal static ArrayType? FromSafetensorsName(string name)
    {
        foreach (var type in Enum.GetValues<ArrayType>())
            if (type.SafetensorsName() == name) return type;
        return null;
    }

    /// <summary>numpy's type string, with its byte order: <c>&lt;f4</c>.</summary>
    internal static string NumpyName(this ArrayType type) => type switch
    {
        ArrayType.Float32 => "<f4",
        ArrayType.Float64 => "<f8",
        ArrayType.Integer64 => "<i8",
        ArrayType.Integer32 => "<i4",
        ArrayType.Byte => "|u1",
        ArrayType.SignedByte => "|i1",
        _ => "|b1",
    };
}
