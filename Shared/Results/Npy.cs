using System.Buffers.Binary;
using System.Text;

namespace Mneme.Results;

/// <summary>numpy's file of one array, format 1.0. Source: numpy/lib/format.py.</summary>
public static class Npy
{
    private const int Alignment = 64;
    private static readonly byte[] Magic = [0x93, .. "NUMPY"u8, 1, 0];

    /// <summary>Writes the array in C order; its name is not part of the file.</summary>
    /// <exception cref="ArgumentException">The bytes do not fit the shape.</exception>
    public static void Write(Stream stream, NamedArray array)
    {
        array.Check();
        var header = Header(array);
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
        stream.Write(Magic);
        stream.Write(length);
        stream.Write(Encoding.ASCII.GetBytes(header));
        stream.Write(array.Bytes.Span);
    }

    // Blanks and a line end fill the header up, so that the data begin at a multiple of 64.
    private static string Header(NamedArray array)
    {
        // (5,) is a tuple in Python, (5) is a number.
        var shape = array.Shape.Length == 1
            ? $"({array.Shape[0]},)"
            : $"({string.Join(", ", array.Shape)})";
        var type = array.Type.NumpyName();
        var text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}";
        var before = Magic.Length + sizeof(ushort) + text.Length + 1;
        return text + new string(' ', -before & (Alignment - 1)) + "\n";
    }
}
