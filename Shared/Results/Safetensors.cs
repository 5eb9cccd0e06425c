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
        if (file.Length < LengthBytes)
            throw new MalformedFileException(name, $"{file.Length} bytes are too few for a header");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Span);
        var left = file.Length - LengthBytes;
        if (length > MaximumHeaderBytes)
            throw new MalformedFileException(
                name, $"a header of {length} bytes exceeds the {MaximumHeaderBytes} allowed");
        if (length > (ulong)left)
            throw new MalformedFileException(
                name, $"the header claims {length} bytes, {left} are left");
        var header = file.Slice(LengthBytes, (int)length);
        return new SafetensorsParser(name, file[(LengthBytes + (int)length)..]).Parse(header);
    }
}
