using Mneme.Results;

namespace Mneme.Language;

/// <summary>A printable letter for each byte, as GPT-2's tables write bytes: most stand for
/// themselves, the others for U+0100 and what follows, in order.</summary>
internal static class ByteLetters
{
    private const int FirstOther = 0x100;
    private static readonly char[] Letters = Build();
    private static readonly Dictionary<char, byte> Bytes =
        Letters.Select((letter, one) => (letter, one))
            .ToDictionary(pair => pair.letter, pair => (byte)pair.one);

    public static ReadOnlySpan<char> All => Letters;

    public static char LetterOf(byte one) => Letters[one];

    /// <exception cref="MalformedFileException">The letter stands for no byte.</exception>
    public static byte ByteOf(char letter) => Bytes.TryGetValue(letter, out var one)
        ? one
        : throw new MalformedFileException(
            TextFiles.Encoder, $"'{letter}' (U+{(int)letter:X4}) stands for no byte");

    private static char[] Build()
    {
        var others = 0;
        return [.. Enumerable.Range(0, 256).Select(one =>
            IsPrintable(one) ? (char)one : (char)(FirstOther + others++))];
    }

    private static bool IsPrintable(int one) => one is >= 33 and <= 126 or >= 161 and <= 172
        or >= 174 and <= 255;
}
