using Mneme.Specs;

namespace Mneme.Worker.Cohorts;

/// <summary>A cohort at work: K trials of one family as one tensor program. The model owns its
/// lanes' state; nobody else writes to it.</summary>
public abstract class CohortModel(Lanes lanes) : IDisposable
{
    protected Lanes Lanes { get; } = lanes;

    /// <summary>All that a checkpoint holds. A family registers each of its tensors here.</summary>
    public LaneState State { get; } = new(lanes.Count);

    /// <summary>Advances every lane by one step. Steps are numbered from 0.</summary>
    public abstract void Step(long step);

    /// <summary>Carries out a switch in every lane, before the first step of a new phase.</summary>
    /// <param name="step">The first step of the new phase.</param>
    public virtual void Switch(SwitchSpec how, long step) =>
        throw new NotSupportedException($"this family knows no switch '{how.Kind}'");

    /// <summary>Measures every lane after <paramref name="steps"/> steps, without changing the
    /// state that training reads.</summary>
    /// <returns>A value per lane and measure of the family's schema.   // [K][measures]</returns>
    public abstract double[][] Measure(long steps);

    /// <summary>The first step at which a lane's loss was not finite, or null. Such a lane stays as
    /// it is from then on.</summary>
    public virtual long? DivergedAt(int lane) => null;

    public virtual void Dispose()
    {
        State.Free();
        GC.SuppressFinalize(this);
    }
}
