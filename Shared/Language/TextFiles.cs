namespace Mneme.Language;

/// <summary>Published tables that texts need; set-up fetches them, they are not part of the
/// program.</summary>
public static class TextFiles
{
    public const string FolderVariable = "MNEME_TEXT";
    internal const string Encoder = "encoder.json", Merges = "vocab.bpe";
    internal const string Lexicon = "vader_lexicon.txt";

    private static readonly Lazy<BytePairEncoding> Gpt2 =
        new(() => new BytePairEncoding(Bytes(Encoder), Bytes(Merges)));

    private static readonly Lazy<Vader> Words = new(() => new Vader(Bytes(Lexicon)));

    /// <summary>GPT-2's encoding.</summary>
    /// <exception cref="TextFileMissingException">A table is not there.</exception>
    public static BytePairEncoding Encoding => Gpt2.Value;

    /// <summary>The sentiment of English texts.</summary>
    /// <inheritdoc cref="Encoding"/>
    public static Vader Sentiment => Words.Value;

    internal static byte[] Bytes(string name)
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } given
            ? given : Path.Combine(AppContext.BaseDirectory, "text");
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? File.ReadAllBytes(path)
            : throw new TextFileMissingException(path);
    }
}

/// <summary>One of the tables of <see cref="TextFiles"/> is not there.</summary>
public sealed class TextFileMissingException(string path) : Exception(
    $"{path} is missing: './mneme setup text' fetches it; {TextFiles.FolderVariable} names "
    + "another folder");
