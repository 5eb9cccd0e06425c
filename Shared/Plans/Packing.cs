using System.Collections.Immutable;

namespace Mneme.Plans;

/// <summary>How trials of each shape are cut into cohorts and segments. Decided once, when the
/// experiment is submitted, and journaled: it changes the speed of an experiment but no byte of its
/// results.</summary>
/// <param name="Shapes">By shape number, in the order in which shapes first appear among the
/// trials.</param>
/// <param name="Sharing">Whether schedules that agree up to a switch train up to it once.</param>
public sealed record Packing(ImmutableArray<ShapePacking> Shapes, bool Sharing = true);

/// <param name="LanesPerCohort">Upper bound; the last cohorts of a shape are evened out.</param>
/// <param name="StepsPerSegment">A multiple of the steps between two points.</param>
public sealed record ShapePacking(int LanesPerCohort, long StepsPerSegment);
