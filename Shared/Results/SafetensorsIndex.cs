using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Mneme.Results;

/// <param name="Type">As the header has it: <c>F32</c>, <c>BF16</c>.</param>
/// <param name="Begin">Of its bytes, counted from the header's end.</param>
public sealed record SafetensorsEntry(
    string Name, string Type, ImmutableArray<long> Shape, long Begin, long End);

/// <summary>What a safetensors file of any length holds, and where.</summary>
public sealed record SafetensorsIndex(
    ImmutableArray<SafetensorsEntry> Entries, ImmutableSortedDictionary<string, string> Metadata)
{
    /// <summary>Bytes of an element, by type.</summary>
    internal static FrozenDictionary<string, int> ElementSizes { get; } =
        new Dictionary<string, int>
    {
        ["F64"] = 8, ["I64"] = 8, ["U64"] = 8, ["F32"] = 4, ["I32"] = 4, ["U32"] = 4, ["F16"] = 2,
        ["BF16"] = 2, ["I16"] = 2, ["U16"] = 2, ["F8_E4M3"] = 1, ["F8_E5M2"] = 1, ["U8"] = 1,
        ["I8"] = 1, ["BOOL"] = 1,
    }.ToFrozenDictionary();

    /// <summary>Where the arrays' bytes begin in the file.</summary>
    public long DataStart { get; init; }

    /// <summary>Reads the header alone.</summary>
    /// <param name="name">How errors call the file.</param>
    /// <exception cref="MalformedFileException">Any length, offset, type or shape is not right.
    /// </exception>
    public static SafetensorsIndex Read(Stream file, string name)
    {
        Span<byte> begin = stackalloc byte[Safetensors.LengthBytes];
        var read = file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false);
        var length = Safetensors.HeaderLength(begin[..read], file.Length, name);
        var header = new byte[length];
        file.ReadExactly(header);
        return new SafetensorsParser(name, file.Length - file.Position).Parse(header) with
        {
            DataStart = file.Position,
        };
    }
}
