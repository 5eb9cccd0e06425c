using System.Collections.Immutable;
using Mneme.Coordinator.Experiments;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Plans;
using Mneme.Specs;

namespace Mneme.Tests.Coordinator.Experiments;

/// <summary>Small experiments that need no file and no libtorch.</summary>
internal static class Samples
{
    public static FamilySchema Family { get; } = new(
        "sample", "What does a test need?", 10, 1,
        [new("width", SettingKind.Integer, new SettingValue.Integer(1), "", ChangesShape: true)],
        ["score"], new Objective("score", Maximize: true));

    public static ExperimentSpec Spec(int trials = 4, long steps = 20) => new(
        "sample", "sample", steps, 1, [.. Enumerable.Range(0, trials).Select(seed => (uint)seed)],
        [new Setting("width", new SettingValue.Integer(1))], null);

    public static ExperimentState State(int trials, int lanes, long steps, long segment)
    {
        var plan = Plan(trials, lanes, steps, segment);
        return ExperimentState.Of(plan, Submitted(plan));
    }

    /// <summary>Results of every lane of a segment, without points.</summary>
    public static ImmutableArray<LaneResult> Results(ExperimentState state, int segment) =>
        [.. state.Plan.LanesOf(state.Plan.Segments[segment])
            .Select(path => new LaneResult(path, null, "chain", PackedPoints.Empty))];

    public static ExperimentSubmitted Submitted(Plan plan) => new(
        "spec", "sha", new Packing([]), plan.Segments.Length,
        [.. plan.Segments.Where(s => s.Parents.IsEmpty).Select(s => s.Index)], "numerics");

    public static Plan Plan(int trials, int lanes, long steps, long segment) => Planner.Plan(
        Spec(trials, steps), Family, Trials(trials),
        new Packing([new ShapePacking(lanes, segment)]));

    public static ImmutableArray<TrialSpec> Trials(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new TrialSpec(
            i, 0, (uint)i, [new Setting("width", new SettingValue.Integer(1))]))];
}
