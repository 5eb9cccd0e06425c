using System.Collections.Immutable;
using Mneme.Coordinator.Measures;
using Mneme.Specs;

namespace Mneme.Tests.Coordinator.Measures;

/// <summary>A trial's points as somebody would write them down: a row a point.</summary>
internal static class PointTable
{
    /// <param name="sets">Names of the sets, a letter each.</param>
    /// <param name="phases">The set and the steps of each phase, e.g. <c>A100 B100</c>; a set that
    /// is none of them belongs to the phase alone, and * trains all together.</param>
    /// <param name="points">The step, then the accuracies by set; NaN where not evaluated.</param>
    public static SetHistory Read(string sets, string phases, params double[][] points) =>
        Read(sets, phases, chance: 0, ceiling: 1, points);

    public static SetHistory Read(
        string sets, string phases, double chance, double ceiling, params double[][] points)
    {
        var names = sets.Select(set => $"{set}").ToImmutableArray();
        string[] columns =
        [
            .. names.Select(set => $"set_accuracy.{set}"),
            .. names.Select(set => $"set_chance.{set}"),
            .. names.Select(set => $"set_ceiling.{set}"),
        ];
        return new SetHistory(
            new SetColumns(columns, names), Visits(sets, phases),
            [.. points.Select(point => (long)point[0])],
            [
                .. names.Select((_, set) => points.Select(point => point[1 + set]).ToArray()),
                .. names.Select(_ => points.Select(_ => chance).ToArray()),
                .. names.Select(_ => points.Select(_ => ceiling).ToArray()),
            ]);
    }

    /// <summary>The same points with one more column.</summary>
    public static SetHistory With(this SetHistory history, string column, params double[] values) =>
        new(new SetColumns([.. history.Columns.Names, column], history.Columns.Sets),
            history.Visits, history.Steps, [.. history.Values, values]);

    private static ImmutableArray<Visit> Visits(string sets, string phases) => Visit.Of(phases
        .Split(' ').Select(phase => (
            phase[0] == '*' ? PhaseStart.Joint : sets.IndexOf(phase[0]), long.Parse(phase[1..]))));
}
