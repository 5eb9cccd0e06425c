using System.Collections.Immutable;

namespace Mneme.Specs;

/// <summary>An experiment file after strict reading: every value checked, every default filled in.
/// Two specs are equal when all their values are.</summary>
/// <param name="Name">A safe file name: <c>[a-z0-9][a-z0-9._-]{0,62}</c>.</param>
/// <param name="Model">A family of the catalogue.</param>
/// <param name="Steps">Of the longest schedule.</param>
/// <param name="MeasureEvery">Steps between two points.</param>
/// <param name="Seeds">One trial per configuration and seed.</param>
/// <param name="Settings">All settings of the family but the searched ones, in the family's order.
/// </param>
/// <param name="Search">The search space, or null when every trial has one configuration.</param>
public sealed record ExperimentSpec(
    string Name,
    string Model,
    long Steps,
    long MeasureEvery,
    ImmutableArray<uint> Seeds,
    ImmutableArray<Setting> Settings,
    SearchSpec? Search)
{
    /// <summary>What a trial needs of a worker.</summary>
    public ResourceSpec Resources { get; init; } = ResourceSpec.Default;

    /// <summary>Schedules of phases; every configuration runs each of them with each seed. One
    /// phase of all steps when the file gives none.</summary>
    public ImmutableArray<ScheduleSpec> Schedules
    {
        get => field.IsDefault ? [ScheduleSpec.WithoutSwitch(Steps)] : field;
        init;
    }

    /// <summary>What tells schedules apart, by number; those whose phases have equal names have
    /// their number besides.</summary>
    public ImmutableArray<string> ScheduleNames
    {
        get
        {
            var count = Schedules.CountBy(schedule => schedule.Name).ToDictionary();
            return [.. Schedules.Select((schedule, i) => count[schedule.Name] == 1
                ? schedule.Name
                : $"{schedule.Name} (schedule {i})")];
        }
    }

    /// <summary>Names of the data sets, by number.</summary>
    public ImmutableArray<string> Sets { get => field.IsDefaultOrEmpty ? ["A"] : field; init; }

    /// <summary>Steps after which points are taken besides the regular ones, in order.</summary>
    public ImmutableArray<long> MeasureAt { get => field.IsDefault ? [] : field; init; }

    /// <summary>Where a phase of some schedule begins or ends, in order.</summary>
    public ImmutableArray<long> Borders =>
        [.. Schedules.SelectMany(schedule => schedule.PhaseEnds).Append(0).Distinct().Order()];

    /// <summary>Names under which some switch keeps the model.</summary>
    public ImmutableArray<string> Saves => [.. Schedules.SelectMany(schedule => schedule.Phases)
        .Select(phase => phase.Start.Save).OfType<string>().Distinct().Order()];

    /// <summary>Whether the file gave a schedule.</summary>
    public bool HasSwitches =>
        Schedules.Length > 1 || Schedules[0] != ScheduleSpec.WithoutSwitch(Steps);

    public bool Equals(ExperimentSpec? other) =>
        other is not null && Name == other.Name && Model == other.Model && Steps == other.Steps &&
        MeasureEvery == other.MeasureEvery && Seeds.SequenceEqual(other.Seeds) &&
        Settings.SequenceEqual(other.Settings) && Sets.SequenceEqual(other.Sets) &&
        MeasureAt.SequenceEqual(other.MeasureAt) && Schedules.SequenceEqual(other.Schedules) &&
        Search == other.Search && Resources == other.Resources;

    public override int GetHashCode() => HashCode.Combine(Name, Model, Steps, Seeds.Length);
}

public sealed record Setting(string Name, SettingValue Value);

/// <param name="Device"><c>cpu</c> or <c>cuda:N</c>.</param>
/// <param name="Slots">How many slots of a worker a cohort takes.</param>
public sealed record ResourceSpec(string Device, int Slots)
{
    public static readonly ResourceSpec Default = new("cpu", 1);
}

/// <param name="Trials">Configurations to draw (random); null for a grid, which has its own count.
/// </param>
/// <param name="Seed">Seed of the draws, apart from the trials' seeds.</param>
/// <param name="Parameters">In the family's order, whatever the order in the file.</param>
public sealed record SearchSpec(
    SearchMethod Method, int? Trials, uint Seed, ImmutableArray<SearchParameter> Parameters)
{
    public bool Equals(SearchSpec? other) =>
        other is not null && Method == other.Method && Trials == other.Trials &&
        Seed == other.Seed && Parameters.SequenceEqual(other.Parameters);

    public override int GetHashCode() => HashCode.Combine(Method, Trials, Seed, Parameters.Length);
}

public enum SearchMethod { Grid = 0, Random = 1 }

public sealed record SearchParameter(string Name, SearchDomain Domain);

/// <summary>What a searched setting may be.</summary>
public abstract record SearchDomain
{
    private SearchDomain() { }

    public sealed record Values(ImmutableArray<SettingValue> Choices) : SearchDomain
    {
        public bool Equals(Values? other) =>
            other is not null && Choices.SequenceEqual(other.Choices);

        public override int GetHashCode() => Choices.Aggregate(17, HashCode.Combine);
    }

    /// <summary>Between <paramref name="Low"/> and <paramref name="High"/>;
    /// <paramref name="Points"/> is the number of equally spaced values a grid takes, both ends
    /// included, and null for a random search.</summary>
    public sealed record Range(double Low, double High, bool Logarithmic, int? Points)
        : SearchDomain;
}

/// <summary>One configuration with one seed.</summary>
/// <param name="Ordinal">Place in the order of the spec, from 0; names the trial.</param>
/// <param name="Configuration">Number of the configuration; trials that differ in the seed alone
/// share it.</param>
/// <param name="Settings">Every setting of the family, in the family's order.</param>
/// <param name="Schedule">Number of its schedule in the spec.</param>
public sealed record TrialSpec(
    int Ordinal, int Configuration, uint Seed, ImmutableArray<Setting> Settings,
    int Schedule = 0)
{
    public bool Equals(TrialSpec? other) =>
        other is not null && Ordinal == other.Ordinal && Schedule == other.Schedule &&
        Configuration == other.Configuration &&
        Seed == other.Seed && Settings.SequenceEqual(other.Settings);

    public override int GetHashCode() => HashCode.Combine(Ordinal, Configuration, Seed);
}
