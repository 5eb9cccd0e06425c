using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Mneme.Coordinator.Search;
using Mneme.Specs;
using Mneme.Tests.Shared.Specs;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Search;

public sealed class TrialEnumerationTests
{
    [Fact]
    public void A_spec_without_a_search_has_one_trial_per_seed()
    {
        var trials = Trials("seeds: [5, 3]");

        trials.Select(trial => (trial.Ordinal, trial.Configuration, trial.Seed))
            .ShouldBe([(0, 0, 5u), (1, 0, 3u)]);
        trials[0].Settings.Select(setting => setting.Name)
            .ShouldBe(SampleFamily.Schema.Settings.Select(schema => schema.Name));
    }

    [Fact]
    public void A_grid_is_every_combination_and_the_last_parameter_changes_fastest()
    {
        var trials = Trials(
            """
            seeds: 2
            search:
              method: grid
              parameters:
                momentum: {log_uniform: [0.01, 1], points: 3}
                vocab: [9, 4]
            """);

        trials.Select(trial => $"{trial.Configuration}/{trial.Seed} " +
                $"{Value(trial, "vocab")} {Value(trial, "momentum")}")
            .ShouldBe([
                "0/0 9 0.01", "0/1 9 0.01", "1/0 9 0.1", "1/1 9 0.1", "2/0 9 1", "2/1 9 1",
                "3/0 4 0.01", "3/1 4 0.01", "4/0 4 0.1", "4/1 4 0.1", "5/0 4 1", "5/1 4 1"]);
    }

    [Fact]
    public void Trials_are_numbered_and_complete_whatever_the_spec() =>
        Prop.ForAll(SpecSamples.Any, spec =>
        {
            var trials = TrialEnumeration.Of(spec, SampleFamily.Schema);

            var configurations = (int)ConfigurationCount.Of(spec.Search);
            trials.Length.ShouldBe(configurations * spec.Seeds.Length);
            trials.Select(trial => trial.Ordinal).ShouldBe(Enumerable.Range(0, trials.Length));
            trials.ShouldAllBe(trial =>
                trial.Seed == spec.Seeds[trial.Ordinal % spec.Seeds.Length] &&
                trial.Configuration == trial.Ordinal / spec.Seeds.Length &&
                trial.Settings.Length == SampleFamily.Schema.Settings.Length);
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void More_trials_and_parameters_leave_earlier_draws_as_they_were()
    {
        var few = Random(5, "momentum: {log_uniform: [1e-5, 1]}");
        var many = Random(50, "momentum: {log_uniform: [1e-5, 1]}", "vocab: {uniform: [2, 99]}",
            "learning_rate: [0.1, 0.2]");

        many.Take(5).Select(trial => Value(trial, "momentum"))
            .ShouldBe(few.Select(trial => Value(trial, "momentum")));
        Random(5, "momentum: {log_uniform: [1e-5, 1]}").ShouldBe(few);
    }

    [Fact]
    public void Another_search_seed_draws_otherwise() =>
        Random(5, "momentum: {uniform: [0, 1]}")
            .ShouldNotBe(Random(5, "momentum: {uniform: [0, 1]}", seed: 1));

    [Fact]
    public void Whole_numbers_are_drawn_evenly_with_both_ends()
    {
        var drawn = Random(6000, "vocab: {uniform: [2, 4]}")
            .Select(trial => Value(trial, "vocab").ToString()).ToLookup(text => text);

        drawn.Select(group => group.Key).Order().ShouldBe(["2", "3", "4"]);
        foreach (var group in drawn) group.Count().ShouldBeInRange(1850, 2150);
    }

    [Fact]
    public void Logarithmic_draws_fill_each_decade_alike()
    {
        var reals = Random(4000, "momentum: {log_uniform: [1e-4, 1]}")
            .Select(trial => ((SettingValue.Real)Value(trial, "momentum")).Value).ToList();
        var whole = Random(4000, "vocab: {log_uniform: [2, 1000]}")
            .Select(trial => ((SettingValue.Integer)Value(trial, "vocab")).Value).ToList();

        reals.ShouldAllBe(x => x >= 1e-4 && x <= 1);
        reals.Count(x => x < 1e-2).ShouldBeInRange(1850, 2150);
        whole.ShouldAllBe(x => x >= 2 && x <= 1000);
        whole.Count(x => x < 45).ShouldBeInRange(1850, 2150);
    }

    [Fact]
    public void The_first_draws_of_a_seed_never_change() =>
        string.Join(" ", Random(3, "momentum: {uniform: [0, 1]}", "reset: [step, never]")
            .Select(trial => $"{Value(trial, "momentum")} {Value(trial, "reset")}"))
            // The same three came out of an independent Philox in Python.
            .ShouldBe("0.564386200835 step 0.605704816414 step 0.171597075746 step");

    private static ImmutableArray<TrialSpec> Random(int trials, string parameter, uint seed) =>
        Random(trials, [parameter], seed);

    private static ImmutableArray<TrialSpec> Random(int trials, params string[] parameters) =>
        Random(trials, parameters, seed: 0);

    private static ImmutableArray<TrialSpec> Random(int trials, string[] parameters, uint seed) =>
        Trials($"search: {{method: random, trials: {trials}, seed: {seed}, " +
            $"parameters: {{{string.Join(", ", parameters)}}}}}");

    private static ImmutableArray<TrialSpec> Trials(string yaml) => TrialEnumeration.Of(
        SampleFamily.Valid($"name: a\nmodel: memory-mlp\n{yaml}"), SampleFamily.Schema);

    private static SettingValue Value(TrialSpec trial, string name) =>
        trial.Settings.Single(setting => setting.Name == name).Value;
}
