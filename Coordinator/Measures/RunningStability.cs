using System.Collections.Immutable;

namespace Mneme.Coordinator.Measures;

/// <summary>The stability gap one evaluation at a time, for runs that evaluate too often to keep
/// their curves: a state, to be stored in a checkpoint. Equal to <see cref="StabilityTrace"/>
/// bit for bit.</summary>
/// <param name="Window">w.</param>
/// <param name="Current">i: the set in training.</param>
/// <param name="Recent">The last w evaluations of this set's training, from the one at the
/// switch on.   // [evaluation][set]</param>
/// <param name="AtStart">The evaluation at the switch to set i; null for the first set.</param>
/// <param name="Since">Minima of the earlier sets, each since its own end.   // [set]</param>
/// <param name="InPhase">Minima of the earlier sets in the training of set i; empty before its
/// first evaluation.   // [set]</param>
/// <param name="Forgetting">WF^w so far; null before the first full window.</param>
/// <param name="Plasticity">WP^w so far.</param>
internal sealed record RunningStability(
    int Window, int Current, ImmutableArray<ImmutableArray<double>> Recent,
    ImmutableArray<double>? AtStart, ImmutableArray<double> Since,
    ImmutableArray<double> InPhase, double? Forgetting, double? Plasticity)
{
    /// <summary>Before the first evaluation.</summary>
    public static RunningStability Begin(int window = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        return new RunningStability(window, 0, [], null, [], [], null, null);
    }

    /// <summary>After an evaluation during, or at the end of, the training of this set.</summary>
    /// <param name="row">Accuracies, at least of the sets begun.   // [set]</param>
    public RunningStability Evaluated(ImmutableArray<double> row)
    {
        var next = this with
        {
            Recent = [.. Recent.Skip(Recent.Length == Window ? 1 : 0), row],
            Since = Lower(Since, row),
            InPhase = InPhase.IsEmpty ? [.. row.Take(Current)] : Lower(InPhase, row),
        };
        return next.Recent.Length < Window ? next : next.WithFullWindow();
    }

    /// <summary>At the switch to the next set: the last evaluation is the one at it.</summary>
    public RunningStability Switched()
    {
        if (Recent.IsEmpty) throw new InvalidOperationException("no evaluation at the switch");
        var last = Recent[^1];
        var next = Begin(Window) with
        {
            Current = Current + 1, Recent = [last], AtStart = last,
            Since = [.. Since, last[Current]],
        };
        return Window == 1 ? next.WithFullWindow() : next;
    }

    /// <summary>The figures of set i so far.</summary>
    public StabilityGap Gap => new(
        Defined.Mean(Since),
        WorstCase(),
        Current == 0 ? null : Defined.OrNull(Forgetting ?? double.NaN),
        Defined.OrNull(Plasticity ?? double.NaN),
        MeanAboveLowest(AtStart),
        MeanAboveLowest(Recent.IsEmpty ? null : Recent[^1]));

    private RunningStability WithFullWindow()
    {
        var (first, last) = (Recent[0], Recent[^1]);
        var falls = Enumerable.Range(0, Current).Select(old => first[old] - last[old]);
        return this with
        {
            Forgetting = falls.Aggregate(Forgetting ?? 0, Math.Max),
            Plasticity = Math.Max(Plasticity ?? 0, last[Current] - first[Current]),
        };
    }

    private static ImmutableArray<double> Lower(
        ImmutableArray<double> minima, ImmutableArray<double> row) =>
        [.. minima.Zip(row, Math.Min)];

    private double? WorstCase()
    {
        if (Recent.IsEmpty) return null;
        var current = Recent[^1][Current];
        return Current == 0
            ? Defined.OrNull(current)
            : current / (Current + 1) + (1 - 1.0 / (Current + 1)) * Defined.Mean(Since);
    }

    private double? MeanAboveLowest(ImmutableArray<double>? row) => row is { } from
        ? Defined.Mean(InPhase.Select((lowest, old) => from[old] - lowest))
        : null;
}
