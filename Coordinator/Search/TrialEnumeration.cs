using System.Collections.Immutable;
using Mneme.Specs;

namespace Mneme.Coordinator.Search;

/// <summary>The trials of an experiment: every configuration with every schedule and seed, in one
/// order that depends on the spec alone.</summary>
public static class TrialEnumeration
{
    /// <summary>Configuration by configuration, within one the schedules, and within a schedule the
    /// seeds in the spec's order.</summary>
    public static ImmutableArray<TrialSpec> Of(ExperimentSpec spec, FamilySchema family)
    {
        var trials = ImmutableArray.CreateBuilder<TrialSpec>();
        var configuration = 0;
        foreach (var searched in Configurations(spec.Search, family))
        {
            // The seeds of a configuration share its settings: a million trials stay small.
            var settings = InOrder(spec, family, searched);
            for (var schedule = 0; schedule < spec.Schedules.Length; schedule++)
                foreach (var seed in spec.Seeds)
                    trials.Add(new TrialSpec(
                        trials.Count, configuration, seed, settings, schedule));
            configuration++;
        }
        return trials.ToImmutable();
    }

    private static IEnumerable<ImmutableArray<Setting>> Configurations(
        SearchSpec? search, FamilySchema family) => search?.Method switch
        {
            null => [[]],
            SearchMethod.Grid => GridSearch.Configurations(search, family),
            SearchMethod.Random => RandomSearch.Configurations(search, family),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static ImmutableArray<Setting> InOrder(
        ExperimentSpec spec, FamilySchema family, ImmutableArray<Setting> searched)
    {
        var values = spec.Settings.Concat(searched).ToDictionary(s => s.Name, s => s.Value);
        return
        [
            .. family.Settings.Select(schema =>
                new Setting(schema.Name, values.GetValueOrDefault(schema.Name, schema.Default))),
        ];
    }
}
