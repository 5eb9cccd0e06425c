using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mneme.Results;

namespace Mneme.Language;

/// <summary>Text as GPT-2 reads it: pieces of bytes, joined pair by pair as a table of merges says
/// (Radford et al. 2019; Sennrich et al. 2016).</summary>
public sealed class BytePairEncoding
{
    public const string EndOfText = "<|endoftext|>";

    private readonly Dictionary<string, int> tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), int> ranks = [];
    private readonly ConcurrentDictionary<string, int[]> pieces = new(StringComparer.Ordinal);
    private readonly string[] words;

    /// <param name="encoder">A JSON object: tokens, in stand-in letters, and their numbers.</param>
    /// <param name="merges">A line of comment, then a pair on each line, first merges first.
    /// </param>
    /// <exception cref="MalformedFileException">Either is not what GPT-2's files are.</exception>
    public BytePairEncoding(ReadOnlyMemory<byte> encoder, ReadOnlyMemory<byte> merges)
    {
        ReadTokens(encoder);
        ReadMerges(Encoding.UTF8.GetString(merges.Span));
        words = new string[tokens.Count];
        foreach (var (word, token) in tokens) words[token] = word;
        foreach (var letter in ByteLetters.All)
            Require(tokens.ContainsKey(letter.ToString()), TextFiles.Encoder,
                $"the byte that is written '{letter}' has no token");
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(
            [.. SHA256.HashData(encoder.Span), .. SHA256.HashData(merges.Span)]));
    }

    /// <summary>Tokens that there are.</summary>
    public int Count => words.Length;

    /// <summary>Equal for equal tables.</summary>
    public string Fingerprint { get; }

    /// <param name="allowsEnd">Whether <see cref="EndOfText"/> is one token, not eight.</param>
    public long[] Encode(string text, bool allowsEnd = false)
    {
        var encoded = new List<long>();
        var parts = allowsEnd ? text.Split(EndOfText) : [text];
        for (var i = 0; i < parts.Length; i++)
        {
            if (i > 0) encoded.Add(tokens[EndOfText]);
            foreach (var piece in TextPieces.Of(parts[i]))
                foreach (var token in OfPiece(piece)) encoded.Add(token);
        }
        return [.. encoded];
    }

    /// <summary>Bytes that are not UTF-8 become U+FFFD; they can be, in the middle of a letter.
    /// </summary>
    public string Decode(IEnumerable<long> encoded)
    {
        var bytes = new List<byte>();
        foreach (var token in encoded)
            foreach (var letter in words[(int)token]) bytes.Add(ByteLetters.ByteOf(letter));
        return Encoding.UTF8.GetString([.. bytes]);
    }

    private int[] OfPiece(string piece)
    {
        if (pieces.TryGetValue(piece, out var known)) return known;
        var parts = new List<string>();
        foreach (var one in Encoding.UTF8.GetBytes(piece))
            parts.Add(ByteLetters.LetterOf(one).ToString());
        while (BestPair(parts) is { } best) parts = Joined(parts, best);
        return pieces[piece] = [.. parts.Select(part => tokens[part])];
    }

    private (string, string)? BestPair(List<string> parts)
    {
        var (lowest, best) = (int.MaxValue, ((string, string)?)null);
        for (var i = 0; i + 1 < parts.Count; i++)
            if (ranks.TryGetValue((parts[i], parts[i + 1]), out var rank) && rank < lowest)
                (lowest, best) = (rank, (parts[i], parts[i + 1]));
        return best;
    }

    private static List<string> Joined(List<string> parts, (string, string) pair)
    {
        var joined = new List<string>(parts.Count);
        for (var i = 0; i < parts.Count; i++)
            if (i + 1 < parts.Count && (parts[i], parts[i + 1]) == pair)
                joined.Add(parts[i] + parts[++i]);
            else joined.Add(parts[i]);
        return joined;
    }

    private void ReadTokens(ReadOnlyMemory<byte> encoder)
    {
        try
        {
            using var document = JsonDocument.Parse(encoder);
            foreach (var entry in document.RootElement.EnumerateObject())
                tokens.Add(entry.Name, entry.Value.GetInt32());
        }
        catch (Exception error) when (
            error is JsonException or InvalidOperationException or FormatException
                or ArgumentException)
        {
            throw new MalformedFileException(
                TextFiles.Encoder, $"no JSON object of numbers: {error.Message}", error);
        }
        Require(tokens.Values.Order().SequenceEqual(Enumerable.Range(0, tokens.Count)),
            TextFiles.Encoder, "its numbers are not 0, 1, 2 and so on");
    }

    private void ReadMerges(string merges)
    {
        foreach (var line in merges.Split('\n').Skip(1).Where(line => line.Length > 0))
        {
            var pair = line.TrimEnd('\r').Split(' ');
            Require(pair.Length == 2 && tokens.ContainsKey(pair[0] + pair[1]), TextFiles.Merges,
                $"'{line}' is no pair that makes a token");
            ranks.TryAdd((pair[0], pair[1]), ranks.Count);
        }
    }

    private static void Require(bool holds, string file, string problem)
    {
        if (!holds) throw new MalformedFileException(file, problem);
    }
}
