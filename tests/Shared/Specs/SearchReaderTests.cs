using Mneme.Specs;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Specs;

public sealed class SearchReaderTests
{
    private const string Head = "name: a\nmodel: memory-mlp\nseeds: 2\n";

    [Fact]
    public void A_bare_list_is_a_list_of_values()
    {
        var bare = SampleFamily.Valid(Grid("learning_rate: [1e-4, 0.001]"));
        var spelt = SampleFamily.Valid(Grid("learning_rate: {values: [1e-4, 0.001]}"));

        bare.ShouldBe(spelt);
        bare.Settings.ShouldAllBe(setting => setting.Name != "learning_rate");
    }

    [Fact]
    public void A_list_setting_is_searched_in_a_list_of_lists() =>
        SampleFamily.Valid(Grid("layers: [[2], [4, 4]]")).Search!.Parameters.Single().Domain
            .ShouldBe(new SearchDomain.Values(
                [new SettingValue.Integers([2]), new SettingValue.Integers([4, 4])]));

    [Fact]
    public void Parameters_come_in_the_order_of_the_family() =>
        SampleFamily.Valid(Grid("momentum: [1, 2]", "vocab: [2, 3]")).Search!.Parameters
            .Select(parameter => parameter.Name).ShouldBe(["vocab", "momentum"]);

    [Theory]
    [InlineData("momentum: 5", "momentum is 5; expected [a, b, ...]")]
    [InlineData("momentum: []", "has no values")]
    [InlineData("momentum: {}", "has 0 of values, uniform, log_uniform")]
    [InlineData("momentum: {values: [1], uniform: [0, 1]}", "has 2 of values, uniform")]
    [InlineData("momentum: {values: 1}", "values is 1; expected a list")]
    [InlineData("momentum: {vals: [1]}", "did you mean 'values'?")]
    [InlineData("momentum: [1, 1.0]", "x.yaml:7:19: 1 is here a second time")]
    [InlineData("momentum: [1, -1]", "is -1; expected a number of at least 0")]
    [InlineData("momentum: {values: [1], points: 3}", "a list of values has no 'points'")]
    [InlineData("momentum: {uniform: [0, 1]}", "the key 'points' is missing in search.parameters")]
    [InlineData("momentum: {uniform: [0, 1], points: 1}", "points is 1; expected a whole number")]
    [InlineData("momentum: {uniform: [0], points: 2}", "uniform is a list; expected two numbers")]
    [InlineData("momentum: {uniform: 0, points: 2}", "uniform is 0; expected two numbers")]
    [InlineData("momentum: {uniform: [1, 0], points: 2}", "upper bound 0 is not above 1")]
    [InlineData("momentum: {uniform: [-1, 0], points: 2}", "is -1; expected a number of at least")]
    [InlineData("momentum: {uniform: [0, .inf], points: 2}", "is .inf; expected")]
    [InlineData("momentum: {log_uniform: [0, 1], points: 2}", "lower bound 0 has no logarithm")]
    [InlineData("vocab: {uniform: [2, 4], points: 9}", "9 points from 2 to 4 are not 9 different")]
    [InlineData("target_switch_at: {uniform: [null, 4], points: 2}", "is null; expected a whole")]
    [InlineData("reset: {uniform: [1, 2], points: 2}", "has no range: it is one of step, never")]
    [InlineData("layers: [2, 4]", "expected a list of lists, such as [[2], [4, 4]]")]
    [InlineData("momentun: [1]", "did you mean 'momentum'?")]
    public void A_wrong_parameter_is_refused(string parameter, string error) =>
        SampleFamily.Errors(Grid(parameter)).ShouldContain(error);

    [Theory]
    [InlineData("search: 5", "search is 5; expected a mapping")]
    [InlineData("search: {}", "the key 'method' is missing in search; expected grid or random")]
    [InlineData("search: {method: tpe}", "method: tpe is not supported yet")]
    [InlineData("search: {method: gird}", "did you mean 'grid'?")]
    [InlineData("search: {method: grid}", "the key 'parameters' is missing in search")]
    [InlineData("search: {method: grid, parameters: {}}", "no parameters; expected at least one")]
    [InlineData("search: {method: grid, parameters: []}", "search.parameters is an empty list")]
    [InlineData("search: {method: random, parameters: {vocab: [2]}}", "'trials' is missing")]
    [InlineData("search: {method: grid, trials: 2, parameters: {vocab: [2]}}",
        "takes no 'trials'; remove 'trials', or use method: random")]
    [InlineData("search: {method: grid, seed: 2, parameters: {vocab: [2]}}", "takes no 'seed'")]
    [InlineData("search: {method: random, trials: 9, parameters: " +
        "{vocab: {uniform: [2, 9], points: 2}}}",
        "a random search has no 'points'")]
    [InlineData("search: {method: random, trials: 500001, parameters: {vocab: [2]}}",
        "1000002 trials (500001 configurations x 2 seeds); expected at most 1000000")]
    [InlineData("settings: {vocab: 2}\nsearch: {method: grid, parameters: {vocab: [2, 3]}}",
        "'vocab' is searched here and fixed under settings; remove it here or in line 4")]
    public void A_wrong_search_is_refused(string search, string error) =>
        SampleFamily.Errors(Head + search).ShouldContain(error);

    [Fact]
    public void A_grid_beyond_the_limit_is_refused_without_being_built() =>
        SampleFamily.Errors(Grid(
            "learning_rate: {uniform: [0, 1], points: 100000}",
            "momentum: {uniform: [0, 1], points: 100000}",
            "target_switch_at: {uniform: [0, 1000000], points: 100000}"))
            .ShouldContain("trials (1099511627776 configurations x 2 seeds)");

    private static string Grid(params string[] parameters) =>
        $"{Head}search:\n  method: grid\n  parameters:\n" +
        string.Concat(parameters.Select(parameter => $"    {parameter}\n"));
}
