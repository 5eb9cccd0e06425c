using System.Collections.Immutable;

namespace Mneme.Coordinator.Measures;

/// <summary>A lane's evaluations so far, for sets trained one after the other, none of which
/// comes back. The batch form of the stability gap: each formula over all of it.</summary>
/// <param name="Rows">Accuracies at an evaluation: on all sets at a switch and before training,
/// else at least on those begun.   // [evaluation][set]</param>
/// <param name="Switches">For each set but the first, the row of the evaluation at its start.
/// </param>
internal sealed record StabilityTrace(
    ImmutableArray<ImmutableArray<double>> Rows, ImmutableArray<int> Switches)
{
    /// <param name="set">i: the figures at the end of its training, or so far.</param>
    /// <param name="window">w: evaluations in a window.</param>
    public StabilityGap GapOf(int set, int window = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        var phase = Enumerable.Range(Start(set), End(set) - Start(set) + 1).ToArray();
        var minimum = MeanOfOlder(set, old => LowestOf(old, Start(old + 1)..(End(set) + 1)));
        return new StabilityGap(
            minimum,
            WorstCase(set, minimum),
            Largest(Older(set).SelectMany(old => Falls(old, phase, window))),
            Largest(Falls(set, phase, window).Select(fall => -fall)),
            MeanOfOlder(set, old => Rows[Start(set)][old] - LowestInPhase(old, set)),
            MeanOfOlder(set, old => Rows[End(set)][old] - LowestInPhase(old, set)));
    }

    private int Start(int set) => set == 0 ? 0 : Switches[set - 1];

    private int End(int set) => set < Switches.Length ? Switches[set] : Rows.Length - 1;

    private static IEnumerable<int> Older(int set) => Enumerable.Range(0, set);

    private static double? MeanOfOlder(int set, Func<int, double> value) =>
        Defined.Mean(Older(set).Select(value));

    private double? WorstCase(int set, double? minimum)
    {
        if (Rows.IsEmpty) return null;
        var current = Rows[End(set)][set];
        return set == 0
            ? Defined.OrNull(current)
            : current / (set + 1) + (1 - 1.0 / (set + 1)) * minimum;
    }

    private double LowestInPhase(int old, int set) =>
        LowestOf(old, (Start(set) + 1)..(End(set) + 1));

    private double LowestOf(int set, Range rows) => Rows[rows]
        .Select(row => row[set]).DefaultIfEmpty(double.NaN).Aggregate(Math.Min);

    private IEnumerable<double> Falls(int set, int[] phase, int window) => phase
        .Skip(window - 1)
        .Select(last => Rows[last - window + 1][set] - Rows[last][set]);

    // 0 when none is positive; null when there is no window.
    private static double? Largest(IEnumerable<double> falls) => Defined.OrNull(
        falls.Select(fall => Math.Max(0, fall)).DefaultIfEmpty(double.NaN).Aggregate(Math.Max));
}
