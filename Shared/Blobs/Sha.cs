using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mneme.Blobs;

/// <summary>
/// The SHA-256 of a blob, which is its name. Text and JSON form: 64 lower-case digits.
/// </summary>
[JsonConverter(typeof(ShaJson))]
public readonly record struct Sha : IComparable<Sha>
{
    public const int Bytes = 32;
    private readonly string? hex;

    private Sha(string hex) => this.hex = hex;

    public string Hex => hex ?? throw new InvalidOperationException("this Sha was never set");

    /// <summary>False for the default value, which names nothing.</summary>
    public bool IsSet => hex is not null;

    public static Sha Of(ReadOnlySpan<byte> content) => FromBytes(SHA256.HashData(content));

    public static Sha FromBytes(ReadOnlySpan<byte> hash) => hash.Length == Bytes
        ? new Sha(Convert.ToHexStringLower(hash))
        : throw new ArgumentException($"a sha has {Bytes} bytes, not {hash.Length}", nameof(hash));

    public static Sha Parse(string text) => TryParse(text, out var sha)
        ? sha
        : throw new FormatException("a sha is 64 digits of 0-9 and a-f");

    /// <summary>
    /// Takes one spelling only: a sha becomes a path, and equal names must be equal text.
    /// </summary>
    public static bool TryParse(string? text, out Sha sha)
    {
        var good = text is { Length: 2 * Bytes } && text.All(char.IsAsciiHexDigitLower);
        sha = good ? new Sha(text!) : default;
        return good;
    }

    public int CompareTo(Sha other) => string.CompareOrdinal(hex, other.hex);
    public override string ToString() => hex ?? "";
    public static bool operator <(Sha left, Sha right) => left.CompareTo(right) < 0;
    public static bool operator >(Sha left, Sha right) => left.CompareTo(right) > 0;
    public static bool operator <=(Sha left, Sha right) => left.CompareTo(right) <= 0;
    public static bool operator >=(Sha left, Sha right) => left.CompareTo(right) >= 0;
}

internal sealed class ShaJson : JsonConverter<Sha>
{
    public override Sha Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Sha.TryParse(reader.GetString(), out var sha)
            ? sha
            : throw new JsonException("a sha is 64 digits of 0-9 and a-f");

    public override void Write(Utf8JsonWriter writer, Sha value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Hex);
}
