using System.Diagnostics;
using Mneme.Results;

namespace Mneme.Coordinator.Memories;

/// <summary>The elements of an array of any type, as numbers.</summary>
public static class ArrayNumbers
{
    public static int Count(NamedArray array) => array.Bytes.Length / array.Type.Size();

    /// <param name="place">In C order.</param>
    public static double At(NamedArray array, int place) => array.Type switch
    {
        ArrayType.Float32 => array.As<float>()[place],
        ArrayType.Float64 => array.As<double>()[place],
        ArrayType.Integer64 => array.As<long>()[place],
        ArrayType.Integer32 => array.As<int>()[place],
        ArrayType.Byte => array.As<byte>()[place],
        ArrayType.SignedByte => array.As<sbyte>()[place],
        ArrayType.Flag => array.As<bool>()[place] ? 1 : 0,
        _ => throw new UnreachableException(array.Type.ToString()),
    };
}
