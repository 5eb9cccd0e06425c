using System.Text;
using Mneme.Specs;
using Mneme.Worker.Experiments;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Specs;

/// <summary>What a family asks of settings together is told when the file is read.</summary>
public sealed class SettingRuleTests
{
    private static readonly FamilySchema Family = SampleFamily.Schema with
    {
        Rules =
        [
            new SettingRule(
                ["vocab", "momentum"],
                values => Number(values["momentum"]) <= Number(values["vocab"]) ? null
                    : $"momentum {values["momentum"]} exceeds vocab {values["vocab"]}",
                "lower momentum"),
        ],
    };

    [Theory]
    [InlineData("settings: {momentum: 2}", "")]
    [InlineData("settings: {momentum: 3}",
        "x.yaml:4:22: momentum 3 exceeds vocab 2; lower momentum")]
    [InlineData("settings: {momentum: 5, vocab: 4}",
        "x.yaml:4:32: momentum 5 exceeds vocab 4; lower momentum")]
    [InlineData("search: {method: grid, parameters: {momentum: [1, 2]}}", "")]
    [InlineData("search: {method: grid, parameters: {momentum: [1, 5, 2]}}",
        "x.yaml:4:47: momentum 5 exceeds vocab 2; lower momentum")]
    [InlineData("search: {method: grid, parameters: {vocab: [9, 3], momentum: [4]}}",
        "x.yaml:4:44: momentum 4 exceeds vocab 3; lower momentum")]
    [InlineData("search: {method: random, trials: 3, parameters: {momentum: {uniform: [0, 9]}}}",
        "x.yaml:4:60: momentum 9 exceeds vocab 2; lower momentum")]
    public void A_combination_that_breaks_a_rule_is_refused_where_it_is_given(
        string lines, string error) => Errors(Family, lines).ShouldBe(error);

    [Fact]
    public void A_value_that_is_wrong_alone_is_told_alone() =>
        Errors(Family, "settings: {momentum: -3, vocab: 0}")
            .ShouldNotContain("exceeds");

    [Theory]
    [InlineData("batch_size: 16, memory_size: 15", true)]
    [InlineData("batch_size: 16, memory_size: 16", false)]
    [InlineData("batch_size: 5000", true)]
    [InlineData("batch_size: 16, memory_size: 15, variant: infonce", false)]
    public void A_memory_of_dam_holds_at_least_a_batch(string settings, bool isRefused)
    {
        var errors = Errors(new Dam().Schema, $"settings: {{{settings}}}");

        if (!isRefused) errors.ShouldBeEmpty();
        else errors.ShouldContain("make memory_size at least batch_size");
    }

    private static string Errors(FamilySchema family, string lines) => string.Join("\n",
        SpecReader.Parse("x.yaml", Encoding.UTF8.GetBytes(
            $"name: a\nmodel: {family.Name}\nseeds: 1\n{lines}\n"), [family]).Errors);

    private static double Number(SettingValue value) => value switch
    {
        SettingValue.Integer whole => whole.Value,
        SettingValue.Real real => real.Value,
        _ => double.NaN,
    };
}
