using System.Collections.Immutable;
using Mneme.Coordinator.Measures;
using Mneme.Coordinator.Plots;

namespace Mneme.Coordinator.Reports;

/// <summary>Trials that differ in their seed alone, with their measures.</summary>
/// <param name="Label">What tells it from the other groups.</param>
/// <param name="Phases">Names of the schedule's phases.</param>
/// <param name="Seeds">At least one; all with the same visits.</param>
internal sealed record SeedGroup(
    int Configuration, int Schedule, string Label, ImmutableArray<string> Phases,
    ImmutableArray<TrialMeasures> Seeds)
{
    /// <summary>Of files that belong to this group alone.</summary>
    public string FileName => $"configuration{Configuration}-schedule{Schedule}";

    public IReadOnlyList<SetHistory> Histories => [.. Seeds.Select(seed => seed.History)];

    public ImmutableArray<Visit> Visits => Seeds[0].History.Visits;

    public ImmutableArray<string> Sets => Seeds[0].History.Columns.Sets;

    /// <summary>Sets that this schedule trains, by their first visit.</summary>
    public ImmutableArray<int> Trained => Seeds[0].History.Trained;

    public ImmutableArray<SwitchLine> SwitchLines =>
    [
        .. Visits.Zip(Phases).Skip(1)
            .Select(visit => new SwitchLine(visit.First.Phase.Start, visit.Second)),
    ];

    /// <summary>The set of a visit by name; the phase's own name where it trains none.</summary>
    public string SetOf(int visit) =>
        Visits[visit].Set is >= 0 and var set ? Sets[set] : Phases[visit];

    /// <summary>Over the seeds.</summary>
    public SeedSummary Over(Func<TrialMeasures, double?> value) =>
        SeedSummary.Of([.. Seeds.Select(value)]);
}
