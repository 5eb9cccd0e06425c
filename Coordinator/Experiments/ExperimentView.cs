using Mneme.Journal;
using Mneme.Messages;
using Mneme.Plans;
using Mneme.Specs;

namespace Mneme.Coordinator.Experiments;

/// <summary>An experiment as a person follows it.</summary>
/// <param name="DoneTrialSteps">Committed, and computed as far as is known.</param>
/// <param name="Best">The trial whose last point is best by the family's objective, or null.
/// </param>
/// <param name="Stuck">Why nothing can go on without a person, or null.</param>
/// <param name="Trouble">Why a worker could not store what it computed, or null.</param>
public sealed record ExperimentView(
    string Name, int Trials, int Finished, int Running, int Diverged,
    long DoneTrialSteps, long TrialSteps, BestTrial? Best, bool Completed, string? Stuck,
    string? Trouble)
{
    public Granting Granting { get; init; }
    public int Committed { get; init; }
    public int Quarantined { get; init; }

    /// <summary>active, held, paused, stuck, done or cancelled.</summary>
    public string State =>
        Completed ? "done"
        : Granting == Granting.Cancelled ? "cancelled"
        : Stuck is not null ? "stuck"
        : Granting == Granting.Paused ? "paused"
        : Granting == Granting.Held ? "held" : "active";
}

public sealed record BestTrial(int Ordinal, string Measure, double Value);
