using FsCheck.Fluent;
using FsCheck;
using Mneme.Specs;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Specs;

public sealed class SpecWriterTests
{
    [Fact]
    public void A_written_spec_reads_back_equal() =>
        Prop.ForAll(SpecSamples.Any, spec =>
        {
            var yaml = SpecWriter.Write(spec);
            var back = SampleFamily.Valid(yaml);

            back.ShouldBe(spec);
            SpecWriter.Write(back).ShouldBe(yaml);
            SpecDifference.Between(spec, back).ShouldBeEmpty();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void The_resolved_file_spells_everything_out() =>
        SpecWriter.Write(SampleFamily.Valid(
            """
            model: memory-mlp
            name: a
            seeds: [0, 1, 2]
            settings: {note: "it's null"}
            search: {method: grid, parameters: {
              momentum: {uniform: [0, 1], points: 2}, reset: ["null", step]}}
            """)).ShouldBe(
            """
            name: a
            model: memory-mlp
            steps: 5000
            measure_every: 100
            seeds: 3
            settings:
              vocab: 2
              layers: [128]
              learning_rate: 0.0001
              second_order: false
              note: "it's null"
              target_switch_at: null
            search:
              method: grid
              parameters:
                momentum: {uniform: [0, 1], points: 2}
                reset: {values: ["null", step]}
            resources: {device: cpu, slots: 1}

            """);
}
