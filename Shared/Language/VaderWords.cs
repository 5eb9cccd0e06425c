namespace Mneme.Language;

/// <summary>A text's words as VADER looks at them.</summary>
internal sealed class VaderWords
{
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    private const double Exclamation = .292, Question = .18, Questions = .96;

    private readonly string[] words, lower;
    private readonly bool hasSomeCapitals;

    public VaderWords(string text)
    {
        words = [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(Stripped)];
        lower = [.. words.Select(word => word.ToLowerInvariant())];
        var shouted = words.Count(IsUpper);
        hasSomeCapitals = shouted > 0 && shouted < words.Length;
        Marks = Math.Min(text.Count(letter => letter == '!'), 4) * Exclamation
            + text.Count(letter => letter == '?') switch
            {
                < 2 => 0, var count and < 4 => count * Question, _ => Questions,
            };
    }

    /// <summary>What exclamation and question marks add.</summary>
    public double Marks { get; }

    public int Count => words.Length;

    /// <summary>In lower case; null beyond either end.</summary>
    public string? this[int i] => i >= 0 && i < lower.Length ? lower[i] : null;

    public int IndexOf(string word) => Array.IndexOf(lower, word);

    /// <summary>Whether a word is in capitals while others are not.</summary>
    public bool IsShouted(int i) => hasSomeCapitals && IsUpper(words[i]);

    /// <summary>Some words that follow each other; null beyond either end.</summary>
    public string? Phrase(int first, int count) => first >= 0 && first + count <= lower.Length
        ? string.Join(' ', lower.Skip(first).Take(count)) : null;

    // What would be left of an emoticon is too short to be a word.
    private static string Stripped(string word)
    {
        var stripped = word.Trim(Punctuation.ToCharArray());
        return stripped.Length <= 2 ? word : stripped;
    }

    private static bool IsUpper(string word) =>
        word.Any(char.IsUpper) && !word.Any(char.IsLower);
}
