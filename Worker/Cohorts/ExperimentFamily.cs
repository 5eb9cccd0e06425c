using Mneme.Specs;

namespace Mneme.Worker.Cohorts;

/// <summary>A kind of experiment: what can be set, and how lanes of it are made.</summary>
public abstract class ExperimentFamily
{
    public abstract FamilySchema Schema { get; }

    /// <summary>Lanes at step 0, a pure function of their seeds and settings.</summary>
    public abstract CohortModel Create(Lanes lanes);
}
