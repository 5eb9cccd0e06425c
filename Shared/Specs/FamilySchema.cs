using System.Collections.Immutable;

namespace Mneme.Specs;

/// <summary>What a worker announces of an experiment family: enough to validate a spec without
/// libtorch.</summary>
/// <param name="Name">The name a spec gives under <c>model:</c>.</param>
/// <param name="Question">One sentence: what the experiment asks.</param>
/// <param name="DefaultSteps">Steps when the spec names none.</param>
/// <param name="DefaultMeasureEvery">Steps between two points when the spec names none.</param>
/// <param name="Settings">Every setting, in the order in which they are documented and exported.
/// </param>
/// <param name="Measures">Names of the columns of a point, in order.</param>
/// <param name="Objective">The measure by which trials are ranked.</param>
public sealed record FamilySchema(
    string Name,
    string Question,
    long DefaultSteps,
    long DefaultMeasureEvery,
    ImmutableArray<SettingSchema> Settings,
    ImmutableArray<string> Measures,
    Objective Objective)
{
    /// <summary>Switches that a schedule may hold; none for a family without phases.</summary>
    public ImmutableArray<SwitchSchema> Switches { get; init; } = [];

    /// <summary>Measures of which a point holds one value for each data set of the experiment. A
    /// family that has some is also measured where phases begin.</summary>
    public ImmutableArray<string> SetMeasures { get; init; } = [];

    /// <summary>Whether a switch may keep the model as it was under a name: <c>save</c>.</summary>
    public bool CanSave { get; init; }

    /// <summary>Whether a phase may train all sets together: <c>set: all</c>.</summary>
    public bool CanJoin { get; init; }

    public bool MeasuresSets => SetMeasures.Length > 0;

    /// <summary>Names of a point's values: the measures, then each measure of sets by set.
    /// </summary>
    public ImmutableArray<string> Columns(ImmutableArray<string> sets) =>
        [.. Measures, .. SetMeasures.SelectMany(m => sets.Select(set => $"{m}.{set}"))];

    /// <summary>What settings must be to each other, beyond their own ranges.</summary>
    public ImmutableArray<SettingRule> Rules { get; init; } = [];
}

/// <summary>Which measure says how good a trial is, and whether more of it is better.</summary>
public sealed record Objective(string Measure, bool Maximize);

public enum SettingKind { Flag = 0, Integer = 1, Real = 2, Text = 3, Integers = 4, Texts = 5 }

/// <param name="Default">Used when the spec is silent.</param>
/// <param name="Reason">Why the default is what it is; shown by <c>validate</c> and in errors.
/// </param>
/// <param name="Minimum">Smallest allowed number (of each entry, for a list), inclusive.</param>
/// <param name="Maximum">Largest allowed number, inclusive.</param>
/// <param name="Choices">The allowed texts (of each entry, for a list); empty for any other kind.
/// </param>
/// <param name="Optional">Whether <c>null</c> is allowed.</param>
/// <param name="ChangesShape">Whether trials that differ here cannot share a cohort.</param>
public sealed record SettingSchema(
    string Name,
    SettingKind Kind,
    SettingValue Default,
    string Reason,
    double Minimum = double.NegativeInfinity,
    double Maximum = double.PositiveInfinity,
    ImmutableArray<string> Choices = default,
    bool Optional = false,
    bool ChangesShape = false);
