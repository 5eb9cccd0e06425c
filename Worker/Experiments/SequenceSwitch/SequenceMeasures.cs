using System.Collections.Immutable;
using Mneme.Results;
using Mneme.Specs;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>What a point of <see cref="SequenceSwitch"/> tells.</summary>
internal sealed class SequenceMeasures(
    Lanes lanes, SequenceData data, SequenceParameters parameters, SequenceLog log,
    SequenceEvaluation evaluation)
{
    private const double Learned = .9;      // accuracy above which a sequence counts as learned
    private const int BandWidth = 1000;

    private SetReading?[][] readings = [];  // [set][lane]

    public static ImmutableArray<string> Names { get; } =
    [
        "loss", "accuracy", "ceiling", "accuracy_of_ceiling", "learned_share",
        "highest_learned_rank", "saved_set_accuracy", "swap_accuracy", "swap_attention_accuracy",
        "reference_accuracy", "probe_iterations", "online_accuracy", "samples", "memory_bytes",
    ];

    public static ImmutableArray<string> OfSets { get; } =
    [
        "set_accuracy", "set_loss", "set_ceiling", "set_chance", "set_weighted_accuracy",
        "set_weighted_ceiling", "set_band_0", "set_band_1000", "set_band_2000",
    ];

    public double[][] Measure(long steps, Evaluation what)
    {
        readings =
        [
            .. Enumerable.Range(0, lanes.Sets).Select(set => evaluation.Read(
                set, lanes.Each((k, _) => what == Evaluation.All || data.HasSeen(k, set)))),
        ];
        var figures = log.Figures(steps);
        return lanes.Each((k, _) => (double[])
        [
            .. OfTraining(k, figures), .. OfPresent(k), .. OfSwaps(k), log.ProbeIterations[k],
            figures.Online[k], figures.Steps[k] * lanes.Size("batch_size"),
            parameters.SavedBytes(k),
            .. OfAllSets(k),
        ]);
    }

    /// <summary>Losses and accuracies of each sequence that the point has shown; a lane that was
    /// not shown a set has NaN there.</summary>
    public IEnumerable<NamedArray> Rows()
    {
        var shown = readings.Where(set => set.Any(lane => lane is not null)).ToList();
        var ranks = shown.Select(set => set.First(lane => lane is not null)!.Ranks).ToList();
        var sets = shown.SelectMany((set, i) =>
            Enumerable.Repeat((long)readings.IndexOf(set), ranks[i].Length)).ToArray();
        var rows = sets.Length;
        yield return NamedArray.Of<long>(
            "set", lanes.Each(_ => sets).SelectMany(own => own).ToArray(), lanes.Count, rows);
        yield return NamedArray.Of<long>("sequence_rank",
            lanes.Each(_ => ranks.SelectMany(own => own)).SelectMany(own => own)
                .Select(rank => (long)rank).ToArray(),
            lanes.Count, rows);
        yield return Values("row_loss", reading => reading.Loss);
        yield return Values("row_accuracy", reading => reading.Hits);

        NamedArray Values(string name, Func<SetReading, float[]> of) => NamedArray.Of<float>(name,
            lanes.Each((k, _) => shown.SelectMany((set, i) => set[k] is { } reading
                ? of(reading)
                : Enumerable.Repeat(float.NaN, ranks[i].Length))).SelectMany(own => own).ToArray(),
            lanes.Count, rows);
    }

    private double[] OfTraining(int lane, LogFigures figures)
    {
        var source = data.Set(lane, data.Present[lane]);
        var ceiling = Weighted(source.Ceilings, source.Chances);
        return
        [
            figures.Loss[lane], figures.Accuracy[lane], ceiling, figures.Accuracy[lane] / ceiling,
        ];
    }

    private double[] OfPresent(int lane)
    {
        var set = data.Present[lane];
        if (set < 0 || readings[set][lane] is not { } reading)
            return [double.NaN, double.NaN];
        var learned = reading.Ranks.Where((_, i) => reading.Hits[i] > Learned).ToArray();
        return
        [
            (double)learned.Length / reading.Ranks.Length,
            learned.Length == 0 ? double.NaN : learned[^1],
        ];
    }

    // The rescue columns: what is left of the set of the newest save, what the old MLP and head
    // find of it in the present net, what the old attention does, and how well it was known.
    private double[] OfSwaps(int lane)
    {
        if (parameters.Latest(lane) is not { } save || save.Sets[lane] < 0)
            return [double.NaN, double.NaN, double.NaN, double.NaN];
        var set = (int)save.Sets[lane];
        return
        [
            Accuracy(), Accuracy(SequencePart.Mlp, SequencePart.Head),
            Accuracy(SequencePart.Attention), Accuracy(Enum.GetValues<SequencePart>()),
        ];

        double Accuracy(params SequencePart[] parts) => Mean(
            evaluation.ReadLane(lane, set, parameters.With(lane, save, parts)).Hits);
    }

    // By measure, then by set.
    private IEnumerable<double> OfAllSets(int lane)
    {
        var bySet = readings.Select((set, i) => set[lane] is { } reading
            ? OfSet(data.Set(lane, i), reading)
            : [.. Enumerable.Repeat(double.NaN, OfSets.Length)]).ToArray();
        return Enumerable.Range(0, OfSets.Length).SelectMany(measure =>
            bySet.Select(set => set[measure]));
    }

    private static double[] OfSet(SequenceSource source, SetReading reading)
    {
        double[] Of(double[] all) => [.. reading.Ranks.Select(rank => all[rank])];
        var (ceilings, chances) = (Of(source.Ceilings), Of(source.Chances));
        double[] hits = [.. reading.Hits.Select(hit => (double)hit)];
        return
        [
            hits.Average(), Mean(reading.Loss), ceilings.Average(), .5,
            Weighted(hits, chances), Weighted(ceilings, chances),
            Band(0), Band(BandWidth), Band(2 * BandWidth),
        ];

        // Accuracy of ranks in a band, of the best that it could be; NaN where there are none.
        double Band(int from)
        {
            var inside = Enumerable.Range(0, hits.Length).Where(i =>
                reading.Ranks[i] >= from && reading.Ranks[i] < from + BandWidth).ToList();
            return inside.Sum(i => hits[i]) / inside.Sum(i => ceilings[i]);
        }
    }

    private static double Mean(float[] values) => values.Average(value => (double)value);

    private static double Weighted(double[] values, double[] weights) =>
        values.Zip(weights, (value, weight) => value * weight).Sum() / weights.Sum();
}
