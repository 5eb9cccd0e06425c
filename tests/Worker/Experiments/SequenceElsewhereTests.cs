using Mneme.Specs;
using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>Nets of sequence-switch trained by composed operators, as a GPU has them.</summary>
public sealed class SequenceElsewhereTests
{
    [Theory]
    [InlineData("one_layer"), InlineData("gpt"), InlineData("heads_mlp_gpt")]
    public void Losses_and_slopes_are_those_of_the_CPU(string architecture)
    {
        Dictionary<string, double[]> Slopes()
        {
            using var oracle = new SequenceOracle(architecture);
            var batch = SequenceOracle.Batch(0);
            var found = oracle.Learning.Slopes(batch);
            var all = found.ByName.ToDictionary(
                slope => slope.Key, slope => SequenceOracle.Doubles(slope.Value));
            all["loss"] = SequenceOracle.Doubles(found.Loss);
            all["judged"] = [.. oracle.Learning.Judge(name => oracle.Parameters[name], batch)
                .Loss.Select(loss => (double)loss)];
            return all;
        }

        var composed = TrainingThread.RunElsewhere(Slopes);
        foreach (var (name, expected) in TrainingThread.Run(Slopes))
            ShouldAgree(composed[name], expected, 1e-5, name);
    }

    [Theory]
    [InlineData("one_layer"), InlineData("gpt"), InlineData("heads_mlp_gpt")]
    public void Several_steps_of_Adam_end_where_they_do_on_the_CPU(string architecture)
    {
        Dictionary<string, double[]> Trained()
        {
            using var oracle = new SequenceOracle(
                architecture, ("learning_rate", new SettingValue.Real(1e-2)));
            for (var i = 0; i < 6; i++)
                oracle.Learning.Step(
                    oracle.Learning.Slopes(SequenceOracle.Batch(i)).ByName,
                    Tensor.Ones([1], DType.Bool));
            return oracle.Values();
        }

        var composed = TrainingThread.RunElsewhere(Trained);
        foreach (var (name, expected) in TrainingThread.Run(Trained))
            ShouldAgree(
                SequenceOracle.Learned(name, composed[name]),
                SequenceOracle.Learned(name, expected), 1e-4, name);
    }

    [Fact]
    public void A_whole_cohort_learns_its_sequences()
    {
        var (before, after) = TrainingThread.RunElsewhere(() =>
        {
            using var bench = SequenceBench.Small(2);
            return (bench.Measure("set_accuracy.A"), bench.Train(200).Measure("set_accuracy.A"));
        });

        foreach (var (first, last) in before.Zip(after)) last.ShouldBeGreaterThan(first + .05);
    }

    // Relative to the greatest of a tensor.
    private static void ShouldAgree(
        double[] actual, double[] expected, double tolerance, string what)
    {
        actual.Length.ShouldBe(expected.Length, what);
        var greatest = expected.Max(Math.Abs);
        foreach (var (value, other) in actual.Zip(expected))
            value.ShouldBe(other, tolerance * greatest + 1e-7, what);
    }
}
