using System.Globalization;
using System.Text;
using Mneme.Results;

namespace Mneme.Language;

/// <summary>What a text feels like.</summary>
/// <param name="Compound">From -1 to 1. It is a sum and saturates with length: read it with the
/// others.</param>
/// <param name="Positive">Share of the text; likewise neutral and negative.</param>
/// <param name="Tokens">Words and signs.</param>
public sealed record Sentiment(
    double Compound, double Positive, double Neutral, double Negative, int Tokens);

/// <summary>Sentiment of English by a lexicon and rules (Hutto and Gilbert 2014, VADER), emoji
/// left aside.</summary>
public sealed class Vader
{
    private const double Capitals = .733, Negation = -.74, Alpha = 15;

    private readonly Dictionary<string, double> lexicon = new(StringComparer.Ordinal);

    /// <param name="file">Lines of word, tab, mean and what is not read.</param>
    /// <exception cref="MalformedFileException">A line is not like this.</exception>
    public Vader(ReadOnlyMemory<byte> file)
    {
        foreach (var line in Encoding.UTF8.GetString(file.Span).Split('\n'))
        {
            if (line.Trim().Length == 0) continue;
            var fields = line.Split('\t');
            if (fields.Length < 2 || !double.TryParse(
                    fields[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var mean))
                throw new MalformedFileException(
                    TextFiles.Lexicon, $"'{line}' is no word with its mean");
            lexicon[fields[0]] = mean;                              // the last one counts
        }
    }

    public Sentiment Of(string text)
    {
        var words = new VaderWords(text);
        if (words.Count == 0) return new Sentiment(0, 0, 0, 0, 0);
        var values = Enumerable.Range(0, words.Count).Select(i => ValueOf(words, i)).ToList();
        WeighBut(words, values);
        return Total(values, words);
    }

    private double ValueOf(VaderWords words, int i)
    {
        var word = words[i]!;
        if (VaderTables.Boosters.ContainsKey(word) || word == "kind" && words[i + 1] == "of")
            return 0;
        if (!lexicon.TryGetValue(word, out var value)) return 0;
        var plain = value;
        if (word == "no" && IsKnown(words, i + 1)) value = 0;
        if (words[i - 1] == "no" || words[i - 2] == "no"
            || words[i - 3] == "no" && words[i - 1] is "or" or "nor")
            value = plain * Negation;
        if (words.IsShouted(i)) value += value > 0 ? Capitals : -Capitals;
        for (var distance = 0; distance < 3 && i > distance; distance++)
            if (!IsKnown(words, i - 1 - distance))
                value = ValueAfter(words, i, distance, value);
        return Least(words, i, value);
    }

    private bool IsKnown(VaderWords words, int i) =>
        words[i] is { } word && lexicon.ContainsKey(word);

    // What a word before, by its distance, makes of a value.
    private static double ValueAfter(VaderWords words, int i, int distance, double value)
    {
        var boost = Boost(words, i - 1 - distance, value);
        value += distance switch { 1 => boost * .95, 2 => boost * .9, _ => boost };
        value = Negated(words, i, distance, value);
        return distance == 2 ? VaderTables.WithIdioms(words, i, value) : value;
    }

    private static double Boost(VaderWords words, int i, double value)
    {
        if (!VaderTables.Boosters.TryGetValue(words[i]!, out var boost)) return 0;
        if (value < 0) boost = -boost;
        if (words.IsShouted(i)) boost += value > 0 ? Capitals : -Capitals;
        return boost;
    }

    private static double Negated(VaderWords words, int i, int distance, double value)
    {
        var (one, two, three) = (words[i - 1], words[i - 2], words[i - 3]);
        var isSoOrThis = one is "so" or "this";
        var (isPraise, isSure) = distance switch
        {
            1 => (two == "never" && isSoOrThis, two == "without" && one == "doubt"),
            // As published: "so" or "this" right before counts even without "never".
            2 => (three == "never" && two is "so" or "this" || isSoOrThis,
                three == "without" && (two == "doubt" || one == "doubt")),
            _ => (false, false),
        };
        if (isPraise) return value * 1.25;
        if (isSure) return value;
        return VaderTables.IsNegation(words[i - 1 - distance]!) ? value * Negation : value;
    }

    private double Least(VaderWords words, int i, double value) =>
        words[i - 1] == "least" && !IsKnown(words, i - 1) && words[i - 2] is not ("at" or "very")
            ? value * Negation : value;

    // As published: each value changes the first one that equals it.
    private static void WeighBut(VaderWords words, List<double> values)
    {
        var but = words.IndexOf("but");
        if (but < 0) return;
        for (var i = 0; i < values.Count; i++)
        {
            var first = values.IndexOf(values[i]);
            if (first < but) values[first] *= .5;
            else if (first > but) values[first] *= 1.5;
        }
    }

    private static Sentiment Total(List<double> values, VaderWords words)
    {
        var (sum, marks) = (values.Sum(), words.Marks);
        sum += Math.Sign(sum) * marks;
        var compound = Math.Clamp(sum / Math.Sqrt(sum * sum + Alpha), -1, 1);
        var positive = values.Where(value => value > 0).Sum(value => value + 1);
        var negative = -values.Where(value => value < 0).Sum(value => value - 1);
        var neutral = values.Count(value => value == 0);
        if (positive > negative) positive += marks;
        else if (positive < negative) negative += marks;
        var all = positive + negative + neutral;
        return new Sentiment(Math.Round(compound, 4), Math.Round(positive / all, 3),
            Math.Round(neutral / all, 3), Math.Round(negative / all, 3), values.Count);
    }
}
