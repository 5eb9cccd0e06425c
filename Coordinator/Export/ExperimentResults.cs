using System.Collections.Immutable;
using Mneme.Coordinator.Experiments;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Specs;

namespace Mneme.Coordinator.Export;

/// <summary>An experiment trial by trial, finished or as far as it is: what every format of the
/// results is made from.</summary>
public sealed record ExperimentResults(
    ExperimentSpec Spec, FamilySchema Family, ImmutableArray<TrialResult> Trials)
{
    public static ExperimentResults Of(
        ExperimentSpec spec, FamilySchema family, ExperimentState state,
        IEnumerable<ResultRow> rows)
    {
        var byPath = rows.ToLookup(row => row.Result.Path);
        var trials = state.Plan.Trials.Select(trial => TrialResult.Of(
            trial, spec, family,
            state.Plan.PathsOf(trial.Ordinal).SelectMany(path => byPath[path])));
        return new ExperimentResults(spec, family, [.. trials]);
    }

    /// <summary>Names of a point's values.   // [column]</summary>
    public ImmutableArray<string> Columns { get; } = Family.Columns(Spec.Sets);

    /// <summary>By number.</summary>
    public ImmutableArray<string> ScheduleNames { get; } = Spec.ScheduleNames;

    /// <summary>Trials that differ in their seed alone.</summary>
    public IEnumerable<ImmutableArray<TrialResult>> OverSeeds() => Trials
        .GroupBy(trial => (trial.Trial.Configuration, trial.Trial.Schedule))
        .Select(seeds => seeds.ToImmutableArray());

    /// <summary>Names of what tells trials apart, but for the seed.</summary>
    public IReadOnlyList<string> Differing =>
        Spec.Schedules.Length > 1 ? [.. Searched, "schedule"] : Searched;

    /// <summary>A trial's values of <see cref="Differing"/>.</summary>
    public IEnumerable<string> DifferencesOf(TrialResult trial)
    {
        foreach (var name in Searched)
            yield return trial.Trial.Settings.First(s => s.Name == name).Value.ToString();
        if (Spec.Schedules.Length > 1) yield return ScheduleNames[trial.Trial.Schedule];
    }

    /// <summary>What tells a trial's seeds from the others, in short.</summary>
    public string LabelOf(TrialResult trial) =>
        Differing.Count == 0 ? Spec.Model : string.Join(", ", DifferencesOf(trial));

    /// <summary>Names of the settings in which trials differ.</summary>
    public IReadOnlyList<string> Searched =>
        Spec.Search is { } search ? [.. search.Parameters.Select(parameter => parameter.Name)] : [];
}

/// <param name="Steps">Numbers of the steps after which points were taken.   // [point]</param>
/// <param name="Phases">Numbers of the phases that the points belong to.   // [point]</param>
/// <param name="Values">By column, then by point.   // [column][point]</param>
/// <param name="DivergedAt">The first step whose loss was not finite, or null.</param>
/// <param name="Chain">SHA-256 chain over the points.</param>
public sealed record TrialResult(
    TrialSpec Trial, long[] Steps, int[] Phases, double[][] Values, long? DivergedAt,
    string Chain)
{
    public string Status => DivergedAt is null ? "done" : "diverged";

    /// <summary>The last value of a column; NaN when there is none.</summary>
    public double Last(int column) => Steps.Length == 0 ? double.NaN : Values[column][^1];

    internal static TrialResult Of(
        TrialSpec trial, ExperimentSpec spec, FamilySchema family, IEnumerable<ResultRow> rows)
    {
        var parts = rows.OrderBy(row => row.FromStep).Select(row => row.Result).ToList();
        long[] steps = [.. parts.SelectMany(part => part.Points.StepNumbers().ToArray())];
        return new TrialResult(
            trial, steps, PhasesOf(steps, spec.Schedules[trial.Schedule]),
            [.. family.Columns(spec.Sets).Select((_, m) => Column(parts, m))],
            parts.LastOrDefault()?.DivergedAt, parts.LastOrDefault()?.Chain ?? "");
    }

    // A border's first point is the end of a phase, its second one the start of the next.
    private static int[] PhasesOf(long[] steps, ScheduleSpec schedule)
    {
        var ends = schedule.PhaseEnds.ToArray();
        var phases = new int[steps.Length];
        for (int p = 0, phase = 0; p < steps.Length; phases[p++] = phase)
            while (steps[p] > ends[phase]
                || (phase + 1 < ends.Length && p > 0 && steps[p] == ends[phase]
                    && steps[p - 1] == steps[p])) phase++;
        return phases;
    }

    private static double[] Column(List<LaneResult> parts, int measure) =>
        [.. parts.SelectMany(part => part.Points.Count == 0
            ? [] : part.Points.Column(measure).ToArray())];
}
