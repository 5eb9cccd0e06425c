using System.Collections.Immutable;
using Mneme.Coordinator.Export;
using Mneme.Specs;

namespace Mneme.Tests.Coordinator.Reports;

/// <summary>Made-up results of a family that measures sets: accuracies rise from .5 towards .9 in
/// training, and fall back afterwards. Nothing here was computed by what is tested.</summary>
internal static class SampleContinual
{
    private const long Phase = 200, Every = 20;
    private const double Chance = 0.5, Ceiling = 0.95;

    public static FamilySchema Family { get; } = new(
        "sets", "What is left of a set when another one is trained?", Phase, Every, [],
        ["loss", "accuracy"], new Objective("accuracy", Maximize: true))
    {
        SetMeasures = ["set_accuracy", "set_loss", "set_ceiling", "set_chance"],
    };

    public static FamilySchema WithoutSets { get; } = Family with { SetMeasures = [] };

    /// <param name="orders">For each schedule its sets, e.g. <c>ABCA</c>; * is all together.
    /// </param>
    public static ExperimentResults Of(int seeds, params string[] orders)
    {
        var sets = orders.SelectMany(order => order).Distinct().Order()
            .Where(set => set != '*').Select(set => $"{set}").ToImmutableArray();
        var spec = new ExperimentSpec(
            "sample", "sets", Phase * orders.Max(order => order.Length), Every,
            [.. Enumerable.Range(0, seeds).Select(seed => (uint)seed)], [], Search: null)
        {
            Sets = sets,
            Schedules = [.. orders.Select(order => new ScheduleSpec(
                [.. order.Select((set, place) => new PhaseSpec(
                    $"{place + 1}{set}", Phase, new PhaseStart(
                        set == '*' ? PhaseStart.Joint : sets.IndexOf($"{set}"))))]))],
        };
        var trials = orders.SelectMany((order, schedule) => Enumerable.Range(0, seeds)
            .Select(seed => Trial(spec, schedule * seeds + seed, schedule, seed)));
        return new ExperimentResults(spec, Family, [.. trials]);
    }

    /// <summary>Only points before this step are there.</summary>
    public static ExperimentResults Until(this ExperimentResults results, long step) =>
        results with { Trials = [.. results.Trials.Select(trial => CutTo(trial, step))] };

    private static TrialResult CutTo(TrialResult trial, long step)
    {
        var points = trial.Steps.Count(s => s < step);
        return trial with
        {
            Steps = trial.Steps[..points], Phases = trial.Phases[..points],
            Values = [.. trial.Values.Select(column => column[..points])],
        };
    }

    private static TrialResult Trial(ExperimentSpec spec, int ordinal, int schedule, int seed)
    {
        var phases = spec.Schedules[schedule].Phases;
        var points = phases.SelectMany((_, phase) => Enumerable.Range(0, (int)(Phase / Every) + 1)
            .Select(i => (Phase: phase, Step: phase * Phase + i * Every))).ToList();
        var accuracy = Enumerable.Range(0, spec.Sets.Length)
            .Select(set => Accuracies(phases, set, seed, points.Count)).ToArray();
        int First(int phase) => Math.Max(0, phases[phase].Set);
        double[] Same(double value) => [.. points.Select(_ => value)];
        return new TrialResult(
            new TrialSpec(ordinal, 0, (uint)seed, [], schedule),
            [.. points.Select(point => point.Step)], [.. points.Select(point => point.Phase)],
            [
                [.. points.Select((point, p) => 1 - accuracy[First(point.Phase)][p])],
                [.. points.Select((point, p) => accuracy[First(point.Phase)][p])],
                .. accuracy, .. accuracy.Select(a => a.Select(v => 1 - v).ToArray()),
                .. accuracy.Select(_ => Same(Ceiling)), .. accuracy.Select(_ => Same(Chance)),
            ],
            DivergedAt: null, Chain: $"{ordinal}");
    }

    // Learns the faster the later, forgets slower; seeds lie apart, and jitter in a fixed way.
    private static double[] Accuracies(
        ImmutableArray<PhaseSpec> phases, int set, int seed, int points)
    {
        var perPhase = (int)(Phase / Every) + 1;
        var (level, values) = (0.0, new double[points]);
        for (var p = 0; p < points; p++)
        {
            var (phase, first) = (p / perPhase, p % perPhase == 0);
            var isTrained = phases[phase].Set == set || phases[phase].Set == PhaseStart.Joint;
            if (!first && isTrained) level += (1 - level) * (0.3 + 0.04 * phase);
            else if (!first) level *= 0.86;
            var jitter = 0.012 * Math.Sin(1 + 7 * seed + 13 * p + 5 * set);
            values[p] = Chance + (0.85 + 0.02 * (seed % 3)) * level * (Ceiling - Chance) + jitter;
        }
        return values;
    }
}
