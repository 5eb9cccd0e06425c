using Mneme.Specs;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Specs;

public sealed class SpecDifferenceTests
{
    [Fact]
    public void Each_changed_value_is_one_line()
    {
        var before = SampleFamily.Valid(
            "name: a\nmodel: memory-mlp\nsettings: {momentum: 0.5, vocab: 3}");
        var after = SampleFamily.Valid(
            """
            name: a
            model: memory-mlp
            steps: 6000
            seeds: [4, 5]
            settings: {momentum: 0.25}
            search: {method: random, trials: 9, parameters: {vocab: [2, 3]}}
            """);

        SpecDifference.Between(before, after).ShouldBe(
        [
            "steps: 5000 -> 6000",
            "seeds: 1 -> [4, 5]",
            "settings.vocab: 3 -> (none)",
            "settings.momentum: 0.5 -> 0.25",
            "search.method: (none) -> random",
            "search.trials: (none) -> 9",
            "search.seed: (none) -> 0",
            "search.parameters.vocab: (none) -> {values: [2, 3]}",
        ]);
        SpecDifference.Between(after, after).ShouldBeEmpty();
    }
}
