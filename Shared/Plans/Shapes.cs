using System.Collections.Immutable;
using Mneme.Specs;

namespace Mneme.Plans;

/// <summary>Trials that may share a cohort: those whose shape-changing settings are
/// equal.</summary>
public static class Shapes
{
    /// <summary>Trials by shape, shapes in order of first appearance, trials in order.</summary>
    public static ImmutableArray<ImmutableArray<TrialSpec>> Of(
        ImmutableArray<TrialSpec> trials, FamilySchema family)
    {
        var shaping = family.Settings.Where(s => s.ChangesShape).Select(s => s.Name).ToHashSet();
        return
        [
            .. trials.GroupBy(trial => KeyOf(trial, shaping))
                .Select(group => group.ToImmutableArray()),
        ];
    }

    private static string KeyOf(TrialSpec trial, HashSet<string> shaping) =>
        string.Join(";", trial.Settings
            .Where(s => shaping.Contains(s.Name))
            .Select(s => $"{s.Name}={s.Value}"));
}
