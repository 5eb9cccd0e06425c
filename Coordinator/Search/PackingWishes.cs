namespace Mneme.Coordinator.Search;

/// <summary>What a user may fix of the packing.</summary>
public sealed record PackingWishes(
    int Slots, int? LanesPerCohort = null, long? StepsPerSegment = null, bool Sharing = true);
