using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Mneme.Language;
using Mneme.Results;
using Mneme.Worker.Nets;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Memories;

/// <summary>What a text left behind in some attention layers of a GPT-2, and which text and net
/// that were.</summary>
/// <param name="Model">Fingerprint of the net: its keys mean nothing to another one.</param>
/// <param name="Encoding">Fingerprint of the tables that made tokens of the text.</param>
/// <param name="Tokens">Of the whole text, also of rows that were dropped.</param>
/// <param name="Dropped">First rows that are not stored.</param>
/// <param name="Layers">By layer, numbered from 0.</param>
internal sealed record TextMemory(
    string Model, string Encoding, ImmutableArray<long> Tokens, int Dropped,
    ImmutableSortedDictionary<int, StoredAttention> Layers)
{
    private const string Format = "mneme-text-memory", Version = "1";
    private const string TokenArray = "tokens";

    public long Rows => Tokens.Length - Dropped;

    /// <summary>Runs a text through the net once and keeps keys and values, before any scaling.
    /// </summary>
    /// <param name="layers">Which ones, numbered from 0.</param>
    /// <param name="dropped">First rows not to keep: the first token's is much the same for every
    /// text.</param>
    /// <param name="during">Recall from what the same pass has just stored, as the published
    /// program does: later layers then store what a disturbed pass gives. Null: none.</param>
    public static TextMemory Build(
        Gpt gpt, string model, string encoding, long[] tokens, IEnumerable<int> layers,
        int dropped, NeighbourRecall? during = null)
    {
        using var still = Autograd.NoGrad();
        var stored = ImmutableSortedDictionary.CreateBuilder<int, StoredAttention>();
        var wanted = layers.ToHashSet();
        gpt.LastLogits(Tensor.From(tokens, [1, 1, tokens.Length], gpt.Device), (layer, own) =>
        {
            if (!wanted.Contains(layer)) return own.Value;
            stored[layer] = new StoredAttention(own.Key.Clone(), own.Value.Clone())
                .Without(Math.Min(dropped, tokens.Length));
            return during is null ? own.Value : during.Mix(own, stored[layer]).Value;
        });
        return new TextMemory(model, encoding, [.. tokens], Math.Min(dropped, tokens.Length),
            stored.ToImmutable());
    }

    /// <summary>Equal bytes for equal memories.</summary>
    public void Write(Stream stream)
    {
        var arrays = Arrays();
        Safetensors.Write(stream, arrays, Metadata(arrays));
    }

    /// <exception cref="MalformedFileException">It is no such memory, damaged, or of another
    /// net.</exception>
    /// <param name="model">The net that will recall from it; null: any.</param>
    public static TextMemory Read(
        ReadOnlyMemory<byte> bytes, string name, string? model, Device device)
    {
        var file = Safetensors.Read(bytes, name);
        var facts = file.Metadata;
        if (facts.GetValueOrDefault("format") != Format)
            throw new MalformedFileException(name, "it is no memory of a text");
        if (facts.GetValueOrDefault("version") is var version && version != Version)
            throw new MalformedFileException(name, $"it is of version {version}, not {Version}");
        if (facts.GetValueOrDefault("checksum") != Checksum(facts, file.Arrays))
            throw new MalformedFileException(name, "its checksum is wrong: it is damaged");
        var made = facts.GetValueOrDefault("model", "");
        if (model is not null && made != model)
            throw new MalformedFileException(name, $"it was made by another net ({Short(made)}), "
                + $"this one is {Short(model)}: build it again");
        try { return Of(file, device); }
        catch (Exception error) when (error is KeyNotFoundException or FormatException
            or InvalidOperationException or ArgumentException)
        {
            throw new MalformedFileException(name, $"it is no memory of a text: {error.Message}");
        }
    }

    private static TextMemory Of(SafetensorsFile file, Device device)
    {
        var (facts, arrays) = (file.Metadata, file.Arrays.ToDictionary(array => array.Name));
        ImmutableArray<long> tokens = [.. arrays[TokenArray].As<long>()];
        var dropped = int.Parse(facts["dropped"], CultureInfo.InvariantCulture);
        var layers = facts["layers"].Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(layer => int.Parse(layer, CultureInfo.InvariantCulture) - 1);
        return new TextMemory(facts["model"], facts["encoding"], tokens, dropped,
            layers.ToImmutableSortedDictionary(layer => layer, layer => new StoredAttention(
                Rows(KeysOf(layer)), Rows(ValuesOf(layer)))));

        Tensor Rows(string name) => arrays[name] is var array && array.Shape.Length == 3
            && array.Shape[1] == tokens.Length - dropped
            ? Tensor.From(array.As<float>(), [1, .. array.Shape], device)
            : throw new FormatException($"'{name}' has not a row for each token");
    }

    /// <summary>For people: a row's entry is its token.</summary>
    public LaneMemory Content(
        BytePairEncoding encoding, params ImmutableArray<(string, string)> facts) => new(
        [
            .. facts, ("net", Short(Model)), ("text", $"{Tokens.Length} tokens, {Rows} stored"),
            ("layers", string.Join(", ", Layers.Keys.Select(layer => layer + 1))),
        ],
        [
            NamedArray.Of<long>("row", [.. Enumerable.Range(0, (int)Rows).Select(i => (long)i)],
                Rows),
            NamedArray.Of<long>("token", Tokens.AsSpan()[Dropped..], Rows),
            .. Arrays()[1..],
        ])
    {
        Entries = [.. Tokens[Dropped..].Select(token => Shown(encoding.Decode([token])))],
    };

    /// <summary>A piece of text on one line.</summary>
    public static string Shown(string text) => text.Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>The arrays as files have them.   // keys and values [head, row, size]</summary>
    public ImmutableArray<NamedArray> Arrays() =>
    [
        NamedArray.Of<long>(TokenArray, Tokens.AsSpan(), Tokens.Length),
        .. Layers.SelectMany(layer => new[]
        {
            Of(KeysOf(layer.Key), layer.Value.Keys), Of(ValuesOf(layer.Key), layer.Value.Values),
        }),
    ];

    private Dictionary<string, string> Metadata(IReadOnlyList<NamedArray> arrays)
    {
        var facts = new Dictionary<string, string>
        {
            ["format"] = Format, ["version"] = Version, ["model"] = Model,
            ["encoding"] = Encoding, ["dropped"] = $"{Dropped}",
            ["layers"] = string.Join(' ', Layers.Keys.Select(layer => layer + 1)),
        };
        facts["checksum"] = Checksum(facts, arrays);
        return facts;
    }

    private static NamedArray Of(string name, Tensor values) => NamedArray.Of<float>(
        name, values.Contiguous().ToArray<float>(), values.Shape[1..].ToArray());

    // Over all facts but itself, and all numbers.
    private static string Checksum(
        IReadOnlyDictionary<string, string> facts, IReadOnlyList<NamedArray> arrays)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, value) in facts.OrderBy(fact => fact.Key, StringComparer.Ordinal))
            if (name != "checksum")
                hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{name}={value}\n"));
        foreach (var array in arrays) hash.AppendData(array.Bytes.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Short(string fingerprint) =>
        fingerprint.Length > 12 ? fingerprint[..12] : fingerprint;

    private static string KeysOf(int layer) => $"layer{layer + 1}/keys";

    private static string ValuesOf(int layer) => $"layer{layer + 1}/values";
}
