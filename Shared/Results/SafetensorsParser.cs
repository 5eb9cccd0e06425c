using System.Collections.Immutable;
using System.Text.Json;

namespace Mneme.Results;

/// <summary>Reads the JSON header against the bytes that follow it, trusting neither.</summary>
/// <param name="length">Bytes that follow the header.</param>
internal sealed class SafetensorsParser(string file, long length)
{
    // A header is an object of objects of lists.
    private static readonly JsonDocumentOptions Strict =
        new() { MaxDepth = 3, AllowDuplicateProperties = false };

    private static readonly ImmutableSortedDictionary<string, string> Empty =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public SafetensorsIndex Parse(ReadOnlyMemory<byte> header)
    {
        try
        {
            using var document = JsonDocument.Parse(header, Strict);
            return Parse(document.RootElement);
        }
        // InvalidOperationException: a text in it is not Unicode.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new MalformedFileException(
                file, $"the header is not JSON of this format: {exception.Message}", exception);
        }
    }

    private SafetensorsIndex Parse(JsonElement root)
    {
        Require(root.ValueKind == JsonValueKind.Object, "the header is not a JSON object");
        var metadata = Empty;
        var placed = new List<SafetensorsEntry>();
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name == Safetensors.MetadataKey) metadata = ParseMetadata(property.Value);
            else placed.Add(ParseArray(property.Name, property.Value));
        }
        return new SafetensorsIndex(InOrder(placed), metadata);
    }

    // The format wants every byte to belong to exactly one array, so that nothing can hide.
    private ImmutableArray<SafetensorsEntry> InOrder(List<SafetensorsEntry> placed)
    {
        ImmutableArray<SafetensorsEntry> ordered =
            [.. placed.OrderBy(entry => (entry.Begin, entry.End))];
        long end = 0;
        foreach (var entry in ordered)
        {
            var fault = entry.Begin < end ? "overlaps the array" : "leaves a gap";
            Require(entry.Begin == end, $"array '{entry.Name}' {fault} before it");
            end = entry.End;
        }
        Require(end == length, $"arrays end at byte {end}, the data at {length}");
        return ordered;
    }

    private ImmutableSortedDictionary<string, string> ParseMetadata(JsonElement element)
    {
        Require(element.ValueKind == JsonValueKind.Object, "the metadata are not a JSON object");
        var metadata = Empty.ToBuilder();
        foreach (var property in element.EnumerateObject())
        {
            Require(property.Value.ValueKind == JsonValueKind.String,
                $"metadata '{property.Name}' is not a text");
            metadata.Add(property.Name, property.Value.GetString()!);
        }
        return metadata.ToImmutable();
    }

    private SafetensorsEntry ParseArray(string name, JsonElement element)
    {
        Require(element.ValueKind == JsonValueKind.Object, $"array '{name}' is not a JSON object");
        foreach (var property in element.EnumerateObject())
            Require(property.Name is "dtype" or "shape" or "data_offsets",
                $"array '{name}' has an unknown key '{property.Name}'");
        var type = ParseType(name, element);
        var shape = ParseNumbers(name, element, "shape");
        var offsets = ParseNumbers(name, element, "data_offsets");
        Require(offsets.Length == 2, $"array '{name}' needs two data_offsets");
        var (begin, end) = (offsets[0], offsets[1]);
        Require(begin <= end && end <= length,
            $"array '{name}' lies at [{begin}, {end}), the data have {length} bytes");
        Require(ArrayTypes.SizeOf(SafetensorsIndex.ElementSizes[type], shape) == end - begin,
            $"array '{name}': [{string.Join(", ", shape)}] of {type} is not {end - begin} bytes");
        return new SafetensorsEntry(name, type, shape, begin, end);
    }

    private string ParseType(string name, JsonElement element)
    {
        var isText = element.TryGetProperty("dtype", out var value) &&
            value.ValueKind == JsonValueKind.String;
        Require(isText, $"array '{name}' has no dtype");
        Require(SafetensorsIndex.ElementSizes.ContainsKey(value.GetString()!),
            $"array '{name}' has the unknown dtype '{value}'");
        return value.GetString()!;
    }

    private ImmutableArray<long> ParseNumbers(string name, JsonElement element, string key)
    {
        var isList = element.TryGetProperty(key, out var list) &&
            list.ValueKind == JsonValueKind.Array;
        Require(isList, $"array '{name}' has no {key}");
        Require(list.GetArrayLength() <= ArrayTypes.MaximumAxes, $"array '{name}': {key} too long");
        var numbers = ImmutableArray.CreateBuilder<long>(list.GetArrayLength());
        foreach (var entry in list.EnumerateArray())
        {
            long number = -1;
            var isCount = entry.ValueKind == JsonValueKind.Number && entry.TryGetInt64(out number);
            Require(isCount && number >= 0, $"array '{name}' has a {key} that holds no count");
            numbers.Add(number);
        }
        return numbers.MoveToImmutable();
    }

    private void Require(bool holds, string problem)
    {
        if (!holds) throw new MalformedFileException(file, problem);
    }
}
