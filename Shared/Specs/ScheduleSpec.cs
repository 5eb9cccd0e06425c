using System.Collections.Immutable;

namespace Mneme.Specs;

/// <summary>Phases one after the other; the first begins from the seeds.</summary>
public sealed record ScheduleSpec(ImmutableArray<PhaseSpec> Phases)
{
    public long Steps => Phases.Sum(phase => phase.Steps);

    /// <summary>Numbers of steps after which a phase ends.</summary>
    public IEnumerable<long> PhaseEnds =>
        Phases.Select((_, i) => Phases.Take(i + 1).Sum(phase => phase.Steps));

    /// <summary>The phases' names, e.g. <c>first > redraw</c>.</summary>
    public string Name => string.Join(" > ", Phases.Select(phase => phase.Name));

    public static ScheduleSpec WithoutSwitch(long steps) =>
        new([new PhaseSpec("all", steps, Switch: null)]);

    public bool Equals(ScheduleSpec? other) =>
        other is not null && Phases.SequenceEqual(other.Phases);

    public override int GetHashCode() => Phases.Aggregate(17, HashCode.Combine);
}

/// <summary>A stretch of a schedule in which the data does not change.</summary>
/// <param name="Name">As the spec calls it; the phase after a switch is named by the switch unless
/// the spec names it.</param>
/// <param name="Switch">What happens before its first step; null for the first phase.</param>
public sealed record PhaseSpec(string Name, long Steps, SwitchSpec? Switch);

/// <summary>What happens between two phases: the data, the memory or what learns changes.</summary>
/// <param name="Kind">A kind that the family knows, e.g. <c>redraw</c>.</param>
/// <param name="Settings">Every setting of the kind, in the family's order.</param>
public sealed record SwitchSpec(string Kind, ImmutableArray<Setting> Settings)
{
    public bool Equals(SwitchSpec? other) =>
        other is not null && Kind == other.Kind && Settings.SequenceEqual(other.Settings);

    public override int GetHashCode() => Settings.Aggregate(Kind.GetHashCode(), HashCode.Combine);
}

/// <summary>A kind of switch that a family knows.</summary>
/// <param name="Meaning">One sentence: what it does.</param>
public sealed record SwitchSchema(
    string Kind, string Meaning, ImmutableArray<SettingSchema> Settings);
