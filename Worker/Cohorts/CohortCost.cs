using System.Collections.Immutable;
using System.Diagnostics;
using Mneme.Specs;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Cohorts;

/// <summary>What a cohort of some size costs on this machine: a quick measurement, not a
/// promise.</summary>
/// <param name="Start">To make the cohort.</param>
/// <param name="Step">The fastest of several steps of all its lanes.</param>
public sealed record CohortCost(TimeSpan Start, TimeSpan Step)
{
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(40);
    private const int MostSteps = 200;

    /// <summary>Trains the first lanes of a shape for a moment. Runs on a thread of its own, set up
    /// as training threads are.</summary>
    public static CohortCost Measure(
        ExperimentFamily family, ImmutableArray<TrialSpec> lanes, Device device)
    {
        try { return TorchThread.Run(() => MeasureHere(family, lanes, device)); }
        catch (UnusableInputException) { throw; }
        catch (Exception error) { throw new UntrainableCohortException(lanes.Length, error); }
    }

    private static CohortCost MeasureHere(
        ExperimentFamily family, ImmutableArray<TrialSpec> lanes, Device device)
    {
        var watch = Stopwatch.StartNew();
        using var model = family.Create(new Lanes(
            lanes.Select(trial => new Lane(
                trial.Ordinal, trial.Seed,
                trial.Settings.ToImmutableDictionary(s => s.Name, s => s.Value))),
            device));
        using (new TensorScope()) model.Begin(new PhaseStart(Set: 0), step: 0);
        var start = watch.Elapsed;
        var fastest = TimeSpan.MaxValue;
        for (var step = 0L; step < 3 || IsEarly(step, watch.Elapsed - start); step++)
        {
            var before = watch.Elapsed;
            using (new TensorScope()) model.Step(step);
            if (step > 0 && watch.Elapsed - before < fastest) fastest = watch.Elapsed - before;
        }
        return new CohortCost(start, fastest);
    }

    private static bool IsEarly(long step, TimeSpan spent) => step < MostSteps && spent < Budget;
}
