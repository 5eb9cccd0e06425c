using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Mneme.Results;

/// <summary>Named arrays and texts, as one safetensors file holds them.</summary>
/// <param name="Arrays">In the order in which their bytes lie in the file.</param>
public sealed record SafetensorsFile(
    ImmutableArray<NamedArray> Arrays, ImmutableSortedDictionary<string, string> Metadata);

/// <summary>
/// The safetensors format: eight bytes of header length, a JSON header, the arrays' bytes without
/// gaps. Source: the format's specification in the huggingface/safetensors repository.
/// </summary>
public static class Safetensors
{
    public const int MaximumHeaderBytes = 16 << 20;
    internal const string MetadataKey = "__metadata__";
    internal const int LengthBytes = sizeof(ulong);

    /// <summary>Writes the arrays in the order given; equal arguments give equal bytes.</summary>
    /// <exception cref="ArgumentException">Two arrays have one name, an array's bytes do not fit
    /// its shape, or the header is too long.</exception>
    public static void Write(
        Stream stream,
        IReadOnlyList<NamedArray> arrays,
        IReadOnlyDictionary<string, string> metadata)
    {
        var header = SafetensorsHeader.Write(arrays, metadata);
        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var array in arrays) stream.Write(array.Bytes.Span);
    }

    /// <summary>Reads a whole file; the arrays are slices of it, nothing is copied.</summary>
    /// <param name="name">How errors call the file.</param>
    /// <exception cref="MalformedFileException">Any length, offset, type or shape is not right.
    /// </exception>
    public static SafetensorsFile Read(ReadOnlyMemory<byte> file, string name = "safetensors")
    {
        var start = LengthBytes + HeaderLength(file.Span, file.Length, name);
        var data = file[start..];
        var index = new SafetensorsParser(name, data.Length).Parse(file[LengthBytes..start]);
        return new SafetensorsFile(
            [.. index.Entries.Select(entry => ArrayOf(entry, data, name))], index.Metadata);
    }

    /// <param name="begin">The file's first bytes.</param>
    internal static int HeaderLength(ReadOnlySpan<byte> begin, long fileLength, string name)
    {
        if (fileLength < LengthBytes)
            throw new MalformedFileException(name, $"{fileLength} bytes are too few for a header");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(begin);
        var left = fileLength - LengthBytes;
        if (length > MaximumHeaderBytes)
            throw new MalformedFileException(
                name, $"a header of {length} bytes exceeds the {MaximumHeaderBytes} allowed");
        if (length > (ulong)left)
            throw new MalformedFileException(
                name, $"the header claims {length} bytes, {left} are left");
        return (int)length;
    }

    private static NamedArray ArrayOf(
        SafetensorsEntry entry, ReadOnlyMemory<byte> data, string file)
    {
        var type = ArrayTypes.FromSafetensorsName(entry.Type)
            ?? throw new MalformedFileException(
                file, $"array '{entry.Name}' has the unknown dtype '{entry.Type}'");
        var bytes = data[(int)entry.Begin..(int)entry.End];
        if (type == ArrayType.Flag && bytes.Span.IndexOfAnyExceptInRange((byte)0, (byte)1) >= 0)
            throw new MalformedFileException(
                file, $"array '{entry.Name}' has a truth value that is neither 0 nor 1");
        return new NamedArray(entry.Name, type, entry.Shape, bytes);
    }
}
