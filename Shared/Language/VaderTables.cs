using System.Collections.Frozen;

namespace Mneme.Language;

/// <summary>VADER's lists of words that change the value of others.</summary>
internal static class VaderTables
{
    private const double Boost = .293;

    private const string More =
        "absolutely amazingly awfully completely considerable considerably decidedly deeply "
        + "effing enormous enormously entirely especially exceptional exceptionally extreme "
        + "extremely fabulously flipping flippin frackin fracking fricking frickin frigging "
        + "friggin fully fuckin fucking fuggin fugging greatly hella highly hugely incredible "
        + "incredibly intensely major majorly more most particularly purely quite really "
        + "remarkably so substantially thoroughly total totally tremendous tremendously uber "
        + "unbelievably unusually utter utterly very";

    private const string Less =
        "almost barely hardly just_enough kind_of kinda kindof kind-of less little marginal "
        + "marginally occasional occasionally partly scarce scarcely slight slightly somewhat "
        + "sort_of sorta sortof sort-of";

    private const string Negations =
        "aint arent cannot cant couldnt darent didnt doesnt dont hadnt hasnt havent isnt "
        + "mightnt mustnt neither neednt never none nope nor not nothing nowhere oughtnt shant "
        + "shouldnt uhuh uh-uh wasnt werent without wont wouldnt rarely seldom despite";

    private static readonly FrozenSet<string> Negating = Negations.Split(' ').ToFrozenSet();

    private static readonly FrozenDictionary<string, double> Idioms =
        new Dictionary<string, double>
        {
            ["the shit"] = 3, ["the bomb"] = 3, ["bad ass"] = 1.5, ["badass"] = 1.5,
            ["bus stop"] = 0, ["yeah right"] = -2, ["kiss of death"] = -1.5, ["to die for"] = 3,
            ["beating heart"] = 3.1, ["broken heart"] = -2.9,
        }.ToFrozenDictionary();

    /// <summary>Words, and phrases, that make what follows stronger or weaker.</summary>
    public static FrozenDictionary<string, double> Boosters { get; } =
        Of(More, Boost).Concat(Of(Less, -Boost)).ToFrozenDictionary();

    public static bool IsNegation(string word) =>
        word.Contains("n't", StringComparison.Ordinal) || Negating.Contains(word);

    /// <summary>A word's value after the idioms that it belongs to.</summary>
    public static double WithIdioms(VaderWords words, int i, double value)
    {
        var before = new[] { (i - 1, 2), (i - 2, 3), (i - 2, 2), (i - 3, 3), (i - 3, 2) }
            .Select(place => words.Phrase(place.Item1, place.Item2)).ToArray();
        if (before.FirstOrDefault(IsIdiom) is { } first) value = Idioms[first];
        foreach (var count in new[] { 2, 3 })
            if (words.Phrase(i, count) is { } from && IsIdiom(from)) value = Idioms[from];
        foreach (var phrase in new[] { before[3], before[4], before[2] })
            if (phrase is not null) value += Boosters.GetValueOrDefault(phrase);
        return value;
    }

    private static bool IsIdiom(string? phrase) => phrase is not null && Idioms.ContainsKey(phrase);

    private static IEnumerable<KeyValuePair<string, double>> Of(string words, double value) =>
        words.Split(' ').Select(word => KeyValuePair.Create(word.Replace('_', ' '), value));
}
