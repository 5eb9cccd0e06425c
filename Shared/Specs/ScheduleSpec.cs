using System.Collections.Immutable;

namespace Mneme.Specs;

/// <summary>Phases one after the other; the first begins from the seeds.</summary>
public sealed record ScheduleSpec(ImmutableArray<PhaseSpec> Phases)
{
    public long Steps => Phases.Sum(phase => phase.Steps);

    /// <summary>Whether it trains all sets together and nothing else: what the other schedules
    /// are held against.</summary>
    public bool IsJoint => Phases is [{ Set: PhaseStart.Joint }];

    /// <summary>Numbers of steps after which a phase ends.</summary>
    public IEnumerable<long> PhaseEnds =>
        Phases.Select((_, i) => Phases.Take(i + 1).Sum(phase => phase.Steps));

    /// <summary>The phases' names, e.g. <c>first > redraw</c>.</summary>
    public string Name => string.Join(" > ", Phases.Select(phase => phase.Name));

    public static ScheduleSpec WithoutSwitch(long steps) =>
        new([new PhaseSpec("all", steps, new PhaseStart(Set: 0))]);

    public bool Equals(ScheduleSpec? other) =>
        other is not null && Phases.SequenceEqual(other.Phases);

    public override int GetHashCode() => Phases.Aggregate(17, HashCode.Combine);
}

/// <summary>A stretch of a schedule in which the data does not change.</summary>
/// <param name="Name">As the spec calls it; the phase after a switch is named by the switch unless
/// the spec names it.</param>
/// <param name="Start">What happens before its first step.</param>
public sealed record PhaseSpec(string Name, long Steps, PhaseStart Start)
{
    public SwitchSpec? Switch => Start.Switch;

    public int Set => Start.Set;
}

/// <summary>How a phase begins.</summary>
/// <param name="Set">Number of the data set that is trained from here on, or <see cref="Apart"/>,
/// or <see cref="Joint"/>.</param>
/// <param name="Switch">Null at the start of most schedules.</param>
/// <param name="Save">The name under which the model is kept as it was before the switch.</param>
public sealed record PhaseStart(int Set, SwitchSpec? Switch = null, string? Save = null)
{
    /// <summary>A set that belongs to the switch alone and is none of the experiment's.</summary>
    public const int Apart = -1;

    /// <summary>All sets of the experiment together: a sample is of each set as often.</summary>
    public const int Joint = -2;

    /// <summary>What a file calls <see cref="Joint"/>.</summary>
    public const string JointName = "all";
}

/// <summary>What happens between two phases: the data, the memory or what learns changes.</summary>
/// <param name="Kind">A kind that the family knows, e.g. <c>redraw</c>.</param>
/// <param name="Settings">Every setting of the kind, in the family's order.</param>
public sealed record SwitchSpec(string Kind, ImmutableArray<Setting> Settings)
{
    public SettingValue this[string setting] => Settings.First(s => s.Name == setting).Value;

    public bool Equals(SwitchSpec? other) =>
        other is not null && Kind == other.Kind && Settings.SequenceEqual(other.Settings);

    public override int GetHashCode() => Settings.Aggregate(Kind.GetHashCode(), HashCode.Combine);
}

/// <summary>A kind of switch that a family knows.</summary>
/// <param name="Meaning">One sentence: what it does.</param>
public sealed record SwitchSchema(
    string Kind, string Meaning, SetUse Set, ImmutableArray<SettingSchema> Settings)
{
    /// <summary>The setting that names an earlier <c>save</c>, or null.</summary>
    public string? SavedIn { get; init; }
}

/// <summary>Which data set follows a switch.</summary>
public enum SetUse
{
    /// <summary>The present one, unless the phase names an earlier one.</summary>
    Keep = 0,

    /// <summary>One that the schedule has not trained yet.</summary>
    Fresh = 1,

    /// <summary>One that it has: the phase names it.</summary>
    Earlier = 2,

    /// <summary>One of the switch's own, which belongs to no other phase.</summary>
    Apart = 3,
}
