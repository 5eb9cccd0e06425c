namespace Mneme.Worker.Cohorts;

/// <summary>A checkpoint cannot be the start of this segment: another program, or a damaged
/// file.</summary>
public sealed class BadCheckpointException(string message) : Exception(message);
