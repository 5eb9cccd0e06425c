using Mneme.Results;

namespace Mneme.Coordinator.Memories;

/// <summary>A trial's memory as it was at a step.</summary>
/// <param name="Replayed">Steps that were trained again for it, because nothing was kept
/// there.</param>
public sealed record RecalledMemory(
    string Experiment, string Model, int Trial, long Step, long Replayed, LaneMemory Content);
