using Mneme.Journal;
using Mneme.Messages;
using Mneme.Plans;
using Mneme.Specs;

namespace Mneme.Coordinator.Experiments;

/// <summary>What is known of an experiment's trials beyond its state: last points, steps that are
/// not committed yet, troubles. For whoever watches; nothing is decided by it.</summary>
internal sealed class ProgressBoard(string name, FamilySchema family, Plan plan)
{
    private readonly double[] last = NaNs(plan.Trials.Length);
    private readonly bool[] diverged = new bool[plan.Trials.Length];
    private readonly Dictionary<int, long> reached = [];    // by running segment
    private readonly int objective = family.Measures.IndexOf(family.Objective.Measure);
    private string? trouble;

    public void Take(LaneResult lane)
    {
        var trial = plan.Paths[lane.Path].Trial;
        diverged[trial] = lane.Status == LaneStatus.Diverged;
        if (lane.Points.Count > 0) last[trial] = lane.Points.Column(objective)[^1];
    }

    public void Take(SegmentCommitted committed)
    {
        reached.Remove(committed.Segment);
        foreach (var lane in committed.Results) Take(lane);
    }

    public void Reach(int segment, long step) => reached[segment] = step;

    /// <summary>The last step known of a running segment; 0 when none is.</summary>
    public long Reached(int segment) => reached.GetValueOrDefault(segment);

    public bool HasTrouble => trouble is not null;

    public void Trouble(string cause, string text)
    {
        if (cause == "storage") trouble = text;
    }

    public ExperimentView View(ExperimentState state) => new(
        name, plan.Trials.Length, state.FinishedTrials, state.Leased.Sum(LanesOf),
        diverged.Count(it => it), state.DoneTrialSteps + Underway(state), plan.TrialSteps, Best(),
        state.Completed, state.Stuck ? state.LastQuarantine : null, trouble)
    {
        Granting = state.Granting, Committed = state.Committed, Quarantined = state.Quarantined,
    };

    private long Underway(ExperimentState state) => state.Leased.Sum(s => LanesOf(s)
        * Math.Max(0, reached.GetValueOrDefault(s) - state.Segments[s].DoneStep));

    private int LanesOf(int segment) => plan.LanesOf(plan.Segments[segment]).Length;

    private BestTrial? Best()
    {
        var best = -1;
        for (var i = 0; i < last.Length; i++)
            if (double.IsFinite(last[i]) && (best < 0 || IsBetter(last[i], last[best]))) best = i;
        return best < 0 ? null : new BestTrial(best, family.Objective.Measure, last[best]);
    }

    private bool IsBetter(double value, double than) =>
        family.Objective.Maximize ? value > than : value < than;

    private static double[] NaNs(int count)
    {
        var values = new double[count];
        Array.Fill(values, double.NaN);
        return values;
    }
}
