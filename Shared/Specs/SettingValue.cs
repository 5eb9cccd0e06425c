using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mneme.Specs;

/// <summary>The value of one setting of an experiment family, as a spec, a plan and a result carry
/// it.</summary>
[JsonConverter(typeof(SettingValueJson))]
public abstract record SettingValue
{
    private SettingValue() { }

    /// <summary>The setting is off (YAML <c>null</c>), where its schema allows that.</summary>
    public sealed record Nothing : SettingValue { public override string ToString() => "null"; }

    public sealed record Flag(bool Value) : SettingValue
    {
        public override string ToString() => Value ? "true" : "false";
    }

    public sealed record Integer(long Value) : SettingValue
    {
        public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A finite number; its text is the shortest that reads back to the same bits.
    /// </summary>
    public sealed record Real(double Value) : SettingValue
    {
        public override string ToString() => Value.ToString("R", CultureInfo.InvariantCulture);
    }

    public sealed record Text(string Value) : SettingValue
    {
        public override string ToString() => Value;
    }

    public sealed record Integers(ImmutableArray<long> Values) : SettingValue
    {
        public bool Equals(Integers? other) =>
            other is not null && Values.SequenceEqual(other.Values);

        public override int GetHashCode() => Values.Aggregate(17, HashCode.Combine);
        public override string ToString() => $"[{string.Join(", ", Values)}]";
    }

    /// <summary>Words out of a schema's choices.</summary>
    public sealed record Texts(ImmutableArray<string> Values) : SettingValue
    {
        public bool Equals(Texts? other) => other is not null && Values.SequenceEqual(other.Values);

        public override int GetHashCode() => Values.Aggregate(17, HashCode.Combine);
        public override string ToString() => $"[{string.Join(", ", Values)}]";
    }
}

/// <summary>Settings as plain JSON: <c>null</c>, <c>true</c>, <c>2</c>, <c>0.5</c>,
/// <c>"text"</c>, <c>[1,2]</c>, <c>{"texts":["a"]}</c>.</summary>
internal sealed class SettingValueJson : JsonConverter<SettingValue>
{
    public override bool HandleNull => true;

    public override SettingValue Read(
        ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.Null => new SettingValue.Nothing(),
            JsonTokenType.True or JsonTokenType.False => new SettingValue.Flag(reader.GetBoolean()),
            JsonTokenType.String => new SettingValue.Text(reader.GetString()!),
            JsonTokenType.StartArray => new SettingValue.Integers(ReadIntegers(ref reader)),
            JsonTokenType.StartObject => new SettingValue.Texts(ReadTexts(ref reader)),
            JsonTokenType.Number when IsInteger(ref reader) =>
                new SettingValue.Integer(reader.GetInt64()),
            JsonTokenType.Number => new SettingValue.Real(reader.GetDouble()),
            _ => throw new JsonException($"a setting cannot be a {reader.TokenType}"),
        };

    public override void Write(
        Utf8JsonWriter writer, SettingValue value, JsonSerializerOptions options)
    {
        if (value is SettingValue.Text text) writer.WriteStringValue(text.Value);
        else if (value is SettingValue.Real real) writer.WriteRawValue(WithPoint(real.ToString()));
        else if (value is SettingValue.Texts texts) Write(writer, texts);
        else writer.WriteRawValue(value.ToString());
    }

    // An empty list does not say of what: texts are marked.
    private static void Write(Utf8JsonWriter writer, SettingValue.Texts texts)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("texts");
        foreach (var text in texts.Values) writer.WriteStringValue(text);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static ImmutableArray<string> ReadTexts(ref Utf8JsonReader reader)
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            if (reader.TokenType == JsonTokenType.String) texts.Add(reader.GetString()!);
        return texts.ToImmutable();
    }

    // A real keeps its point ("1.0"), so that reading gives a real again.
    private static string WithPoint(string number) =>
        number.AsSpan().IndexOfAny('.', 'E') >= 0 ? number : number + ".0";

    private static bool IsInteger(ref Utf8JsonReader reader) =>
        reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0;

    private static ImmutableArray<long> ReadIntegers(ref Utf8JsonReader reader)
    {
        var values = ImmutableArray.CreateBuilder<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            values.Add(reader.GetInt64());
        return values.ToImmutable();
    }
}
