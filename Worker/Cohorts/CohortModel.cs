using Mneme.Results;
using Mneme.Specs;

namespace Mneme.Worker.Cohorts;

/// <summary>On which data sets a point is measured.</summary>
public enum Evaluation
{
    /// <summary>Those that the lane has been trained on.</summary>
    Seen,

    /// <summary>All of the experiment, future ones too: where phases begin and end.</summary>
    All,
}

/// <summary>A cohort at work: K trials of one family as one tensor program. The model owns its
/// lanes' state; nobody else writes to it.</summary>
public abstract class CohortModel(Lanes lanes) : IDisposable
{
    protected Lanes Lanes { get; } = lanes;

    /// <summary>All that a checkpoint holds. A family registers each of its tensors here.</summary>
    public LaneState State { get; } = new(lanes.Count);

    /// <summary>Advances every lane by one step. Steps are numbered from 0.</summary>
    public abstract void Step(long step);

    /// <summary>Begins a phase in every lane, the first one included: keeps the model if that is
    /// asked for, then carries out the switch.</summary>
    /// <param name="step">The first step of the phase.</param>
    public virtual void Begin(PhaseStart start, long step)
    {
        if (start.Switch is { } how)
            throw new NotSupportedException($"this family knows no switch '{how.Kind}'");
    }

    /// <summary>Measures every lane after <paramref name="steps"/> steps, without changing the
    /// state that training reads.</summary>
    /// <returns>For each lane the schema's measures, then its measures of sets, set by set; NaN
    /// for what was not evaluated.   // [K][columns]</returns>
    public abstract double[][] Measure(long steps, Evaluation what);

    /// <summary>What belongs to the point just measured but fits in no column: arrays with a lane
    /// axis.   // [K, ...]</summary>
    public virtual IReadOnlyList<NamedArray> Records(long steps) => [];

    /// <summary>The first step at which a lane's loss was not finite, or null. Such a lane stays as
    /// it is from then on.</summary>
    public virtual long? DivergedAt(int lane) => null;

    /// <summary>What a lane's memory holds after <paramref name="steps"/> steps; null for a family
    /// without one. Changes nothing that training reads.</summary>
    public virtual LaneMemory? Memory(int lane, long steps) => null;

    public virtual void Dispose()
    {
        State.Free();
        GC.SuppressFinalize(this);
    }
}
