using System.Buffers;
using System.Text.Json;

namespace Mneme.Results;

/// <summary>Writes the JSON header, padded with blanks to eight bytes as the format asks.</summary>
internal static class SafetensorsHeader
{
    public static ReadOnlySpan<byte> Write(
        IReadOnlyList<NamedArray> arrays, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) WriteObject(json, arrays, metadata);
        var padding = -buffer.WrittenCount & (Safetensors.LengthBytes - 1);
        buffer.GetSpan(Safetensors.LengthBytes)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        if (buffer.WrittenCount > Safetensors.MaximumHeaderBytes)
            throw new ArgumentException($"a header of {buffer.WrittenCount} bytes is too long");
        return buffer.WrittenSpan;
    }

    private static void WriteObject(
        Utf8JsonWriter json,
        IReadOnlyList<NamedArray> arrays,
        IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject();
        WriteMetadata(json, metadata);
        var names = new HashSet<string> { Safetensors.MetadataKey };
        long begin = 0;
        foreach (var array in arrays)
        {
            array.Check();
            if (!names.Add(array.Name))
                throw new ArgumentException($"the name '{array.Name}' is taken");
            WriteArray(json, array, begin);
            begin += array.Bytes.Length;
        }
        json.WriteEndObject();
    }

    // A dictionary has no order of its own: sorted, equal metadata give equal bytes.
    private static void WriteMetadata(
        Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0) return;
        json.WriteStartObject(Safetensors.MetadataKey);
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter json, NamedArray array, long begin)
    {
        json.WriteStartObject(array.Name);
        json.WriteString("dtype", array.Type.SafetensorsName());
        json.WriteStartArray("shape");
        foreach (var length in array.Shape) json.WriteNumberValue(length);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(begin + array.Bytes.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
