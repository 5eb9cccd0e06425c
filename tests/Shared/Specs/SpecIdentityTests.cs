using Mneme.Specs;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Specs;

public sealed class SpecIdentityTests
{
    private const string Yaml =
        """
        name: a
        model: memory-mlp
        steps: 1000
        seeds: 2
        settings: {momentum: 0.5, reset: never}
        search: {method: grid, parameters: {vocab: [2, 3], learning_rate: [1e-3, 0.1]}}
        """;

    [Fact]
    public void Comments_order_and_spelling_do_not_change_it() =>
        Identity(
            """
            search:   # the same
              parameters:
                learning_rate: {values: [0.001, 1e-1]}
                vocab: [0x2, 3.0]
              method: "grid"
            settings: {reset: "never", momentum: 5e-1, second_order: false}
            seeds: [0, 1]
            steps: 1e3
            model: memory-mlp
            name: a
            """).ShouldBe(Identity(Yaml));

    [Theory]
    [InlineData("steps: 1000", "steps: 1001")]
    [InlineData("seeds: 2", "seeds: [1, 0]")]
    [InlineData("never", "step")]
    [InlineData("[2, 3]", "[3, 2]")]
    [InlineData("name: a", "name: b")]
    public void A_change_of_meaning_changes_it(string from, string to) =>
        Identity(Yaml.Replace(from, to)).ShouldNotBe(Identity(Yaml));

    [Fact]
    public void It_stays_the_same_between_versions() => Identity(Yaml).ShouldBe(
        "c5be5c600ffc5115c0a872f42ff0df8707253861806b45e3f6f827c57e682b85");

    private static string Identity(string yaml) => SpecIdentity.Sha256(SampleFamily.Valid(yaml));
}
