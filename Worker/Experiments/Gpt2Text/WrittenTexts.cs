using System.Collections.Immutable;
using Mneme.Language;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>What each lane has written so far: sums over its samples, which are lane state.
/// </summary>
internal sealed class WrittenTexts(Lanes lanes, LaneState state)
{
    /// <summary>Quartiles are exact: compounds have four digits, and each has its place.</summary>
    private const int Places = 20_001;

    public static readonly ImmutableArray<string> Measures =
    [
        "loss", "answered", "answered_low", "answered_high", "p_answer", "compound_q1",
        "compound", "compound_q3", "positive", "neutral", "negative", "words", "distinct2",
        "repeats", "selected_share", "searches_per_token", "sink", "samples",
    ];

    private enum Sum
    {
        Samples = 0, Loss = 1, Answered = 2, Positive = 3, Neutral = 4, Negative = 5, Words = 6,
        Distinct2 = 7, Repeats = 8, SelectedShare = 9, Searches = 10, Sink = 11, Count = 12,
    }

    private readonly double[] sums = state.Add(
        "written/sums", new double[lanes.Count * (int)Sum.Count]);

    private readonly int[] compounds = state.Add(
        "written/compounds", new int[lanes.Count * Places]);

    /// <param name="tokens">That were written, without the prompt.</param>
    public void Add(int lane, WrittenText text, ReadOnlySpan<long> tokens)
    {
        var (distinct, repeats) = Repetition(tokens);
        ReadOnlySpan<double> values =
        [
            1, text.Loss, text.IsAnswer ? 1 : 0, text.Feeling.Positive, text.Feeling.Neutral,
            text.Feeling.Negative, text.Feeling.Tokens, distinct, repeats, text.SelectedShare,
            text.Searches, text.Sink,
        ];
        var own = sums.AsSpan(lane * values.Length, values.Length);
        for (var i = 0; i < values.Length; i++) own[i] += values[i];
        compounds[lane * Places + (int)Math.Round((text.Feeling.Compound + 1) * (Places / 2))]++;
    }

    /// <summary>In the order of <see cref="Measures"/>; NaN without samples.</summary>
    public double[] Of(int lane, double chance)
    {
        var samples = this[lane, Sum.Samples];
        double Mean(Sum sum) => this[lane, sum] / samples;
        var answered = Mean(Sum.Answered);
        var (low, high) = Answers.Wilson(answered, samples);
        return
        [
            Mean(Sum.Loss), answered, low, high, chance, Quantile(lane, .25), Quantile(lane, .5),
            Quantile(lane, .75), Mean(Sum.Positive), Mean(Sum.Neutral), Mean(Sum.Negative),
            Mean(Sum.Words), Mean(Sum.Distinct2), Mean(Sum.Repeats), Mean(Sum.SelectedShare),
            Mean(Sum.Searches), Mean(Sum.Sink), samples,
        ];
    }

    private double this[int lane, Sum sum] => sums[lane * (int)Sum.Count + (int)sum];

    // Between two samples in proportion, as numpy does.
    private double Quantile(int lane, double share)
    {
        var samples = this[lane, Sum.Samples];
        if (samples == 0) return double.NaN;
        var at = share * (samples - 1);
        var (low, high) = (Ranked((long)at), Ranked((long)Math.Ceiling(at)));
        return low + (high - low) * (at - Math.Floor(at));

        double Ranked(long rank)
        {
            var place = 0;
            for (var before = 0L; (before += compounds[lane * Places + place]) <= rank;) place++;
            return Math.Round((double)place / (Places / 2) - 1, 4);
        }
    }

    /// <summary>Distinct pairs among all pairs of neighbours, and the share of tokens that equal
    /// the one before.</summary>
    public static (double Distinct2, double Repeats) Repetition(ReadOnlySpan<long> tokens)
    {
        if (tokens.Length < 2) return (1, 0);
        var (pairs, repeats) = (new HashSet<(long, long)>(), 0);
        for (var i = 1; i < tokens.Length; i++)
        {
            pairs.Add((tokens[i - 1], tokens[i]));
            if (tokens[i - 1] == tokens[i]) repeats++;
        }
        var count = (double)(tokens.Length - 1);
        return (pairs.Count / count, repeats / count);
    }
}

/// <param name="Loss">Of what was written, per token, under the net without memory.</param>
/// <param name="IsAnswer">Whether it begins with the answer.</param>
/// <param name="Feeling">Of prompt and continuation.</param>
/// <param name="SelectedShare">Of tokens and heads of the active layers, over its tokens.</param>
/// <param name="Searches">In the memory, per token of the context.</param>
/// <param name="Sink">How much the last token attends to token 0.</param>
internal sealed record WrittenText(
    double Loss, bool IsAnswer, Sentiment Feeling, double SelectedShare, double Searches,
    double Sink);
