using System.Collections.Immutable;

namespace Mneme.Specs;

/// <summary>An experiment file after strict reading: every value checked, every default filled in.</summary>
/// <param name="Name">A safe file name: <c>[a-z0-9][a-z0-9._-]{0,62}</c>.</param>
/// <param name="Model">A family of the catalogue.</param>
/// <param name="MeasureEvery">Steps between two points.</param>
/// <param name="Seeds">One trial per configuration and seed.</param>
/// <param name="Settings">All settings of the family but the searched ones, in the family's order.</param>
/// <param name="Device">Where tensors live: <c>cpu</c> or <c>cuda:N</c>.</param>
/// <param name="Search">The search space, or null when every trial has the same configuration.</param>
public sealed record ExperimentSpec(
    string Name,
    string Model,
    long Steps,
    long MeasureEvery,
    ImmutableArray<uint> Seeds,
    ImmutableArray<Setting> Settings,
    SearchSpec? Search);

public sealed record Setting(string Name, SettingValue Value);

/// <param name="Trials">Configurations to draw (random); null for a grid, which has its own count.</param>
/// <param name="Seed">Seed of the draws, apart from the trials' seeds.</param>
public sealed record SearchSpec(
    SearchMethod Method, int? Trials, uint Seed, ImmutableArray<SearchParameter> Parameters);

public enum SearchMethod { Grid = 0, Random = 1 }

public sealed record SearchParameter(string Name, SearchDomain Domain);

/// <summary>What a searched setting may be.</summary>
public abstract record SearchDomain
{
    private SearchDomain() { }

    public sealed record Values(ImmutableArray<SettingValue> Choices) : SearchDomain;

    /// <summary>Between <paramref name="Low"/> and <paramref name="High"/>; <paramref name="Points"/> is the
    /// number of equally spaced values a grid takes, both ends included.</summary>
    public sealed record Range(double Low, double High, bool Logarithmic, int? Points) : SearchDomain;
}

/// <summary>One configuration with one seed.</summary>
/// <param name="Ordinal">Place in the order of the spec, from 0; names the trial.</param>
/// <param name="Configuration">Number of the configuration; trials that differ in the seed alone share it.</param>
/// <param name="Settings">Every setting of the family, in the family's order.</param>
public sealed record TrialSpec(
    int Ordinal, int Configuration, uint Seed, ImmutableArray<Setting> Settings);
