using System.Collections.Immutable;
using Mneme.Messages;
using Mneme.Specs;

namespace Mneme.Coordinator.Experiments;

/// <summary>An experiment as a person follows it.</summary>
/// <param name="DoneTrialSteps">Committed, and computed as far as is known.</param>
/// <param name="Best">The trial whose last point is best by the family's objective, or
/// null.</param>
public sealed record ExperimentView(
    string Name, int Trials, int Finished, int Running, int Diverged,
    long DoneTrialSteps, long TrialSteps, BestTrial? Best, bool Completed, string? Stuck);

public sealed record BestTrial(int Ordinal, string Measure, double Value);

/// <summary>The last point of every trial, kept in step with the commits.</summary>
internal sealed class TrialBoard(FamilySchema family, int trials)
{
    private readonly double[] last = NaNs(trials);
    private readonly bool[] diverged = new bool[trials];
    private readonly int objective = family.Measures.IndexOf(family.Objective.Measure);

    public int Diverged => diverged.Count(it => it);

    public void Take(LaneResult lane)
    {
        diverged[lane.Trial] = lane.Status == LaneStatus.Diverged;
        if (lane.Points.Count > 0) last[lane.Trial] = lane.Points.Column(objective)[^1];
    }

    public BestTrial? Best()
    {
        var best = -1;
        for (var i = 0; i < last.Length; i++)
            if (double.IsFinite(last[i]) && (best < 0 || Better(last[i], last[best]))) best = i;
        return best < 0 ? null : new BestTrial(best, family.Objective.Measure, last[best]);
    }

    private bool Better(double value, double than) =>
        family.Objective.Maximize ? value > than : value < than;

    private static double[] NaNs(int count)
    {
        var values = new double[count];
        Array.Fill(values, double.NaN);
        return values;
    }
}
