using System.Globalization;
using System.Text;

namespace Mneme.Language;

/// <summary>What GPT-2 never joins over the borders of: words with the blank before them, numbers,
/// signs, and white space. The published pattern, by code point, which .NET's regular expressions
/// do not see: <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.
/// </summary>
internal static class TextPieces
{
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind { Letter = 0, Number = 1, Space = 2, Sign = 3 }

    public static IEnumerable<string> Of(string text)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        Kind[] kinds = [.. runes.Select(KindOf)];
        for (var start = 0; start < runes.Length;)
        {
            var end = EndOf(runes, kinds, start);
            yield return string.Concat(runes[start..end]);
            start = end;
        }
    }

    private static int EndOf(Rune[] runes, Kind[] kinds, int start)
    {
        foreach (var contraction in Contractions)
            if (StartsWith(runes, start, contraction)) return start + contraction.Length;
        var blank = runes[start].Value == ' ' && start + 1 < runes.Length ? 1 : 0;
        var kind = kinds[start + blank];
        if (kind != Kind.Space) return RunEnd(kinds, start + blank);
        var end = RunEnd(kinds, start);
        // The last of several blanks belongs to the word that follows.
        return end < runes.Length && end - start > 1 ? end - 1 : end;
    }

    private static int RunEnd(Kind[] kinds, int start)
    {
        var end = start + 1;
        while (end < kinds.Length && kinds[end] == kinds[start]) end++;
        return end;
    }

    private static bool StartsWith(Rune[] runes, int start, string what)
    {
        if (start + what.Length > runes.Length) return false;
        for (var i = 0; i < what.Length; i++)
            if (runes[start + i].Value != what[i]) return false;
        return true;
    }

    private static Kind KindOf(Rune rune) => Rune.IsWhiteSpace(rune) ? Kind.Space
        : Rune.IsLetter(rune) ? Kind.Letter
        : Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber
            or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber ? Kind.Number
        : Kind.Sign;
}
