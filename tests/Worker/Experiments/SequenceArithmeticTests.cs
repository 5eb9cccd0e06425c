using Mneme.Specs;
using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>Losses, gradients, steps and ceilings of sequence-switch against PyTorch and against
/// slow, direct sums.</summary>
public sealed class SequenceArithmeticTests
{
    [PyTorchTheory]
    [InlineData("one_layer"), InlineData("gpt"), InlineData("heads_mlp_gpt")]
    public void Loss_and_gradients_are_those_of_PyTorch(string architecture)
    {
        using var scope = new TensorScope();
        using var oracle = new SequenceOracle(architecture);
        var found = oracle.Learning.Slopes(SequenceOracle.Batch(0));
        var (loss, slopes) = oracle.Gradients(0);

        SequenceOracle.Doubles(found.Loss).Average().ShouldBe(loss, 1e-5 * loss);
        foreach (var (name, expected) in slopes)
            ShouldAgree(SequenceOracle.Doubles(found.ByName[name]), expected, 1e-5, name);
    }

    [PyTorchTheory]
    [InlineData("one_layer"), InlineData("gpt"), InlineData("heads_mlp_gpt")]
    public void Several_steps_of_Adam_are_those_of_PyTorch(string architecture)
    {
        using var scope = new TensorScope();
        using var oracle = new SequenceOracle(architecture, ("learning_rate", new Real(1e-2)));
        for (var i = 0; i < 6; i++)
        {
            var found = oracle.Learning.Slopes(SequenceOracle.Batch(i));
            oracle.Learning.Step(found.ByName, Tensor.Ones([1], DType.Bool));
        }

        foreach (var (name, expected) in oracle.Trained(6, 1e-2))
            ShouldAgree(
                SequenceOracle.Learned(name, oracle.Values()[name]),
                SequenceOracle.Learned(name, expected), 1e-4, name);
    }

    [Fact]
    public void Attention_that_is_zero_and_frozen_sees_no_input()
    {
        using var scope = new TensorScope();
        using var oracle = new SequenceOracle(
            "one_layer", ("attention", new Text("zero_frozen")));
        for (var i = 0; i < 20; i++)
            oracle.Learning.Step(
                oracle.Learning.Slopes(SequenceOracle.Batch(i)).ByName,
                Tensor.Ones([1], DType.Bool));

        oracle.Values()["c_attn.weight"].ShouldAllBe(value => value == 0);
        var shape = new SequenceShape("one_layer", 6, 2, 6, 7, 3);
        var pass = new Mneme.Worker.Nets.TransformerPass(name => oracle.Parameters[name], null);
        var rows = SequenceNet.Rows(shape, pass, SequenceOracle.Batch(3)).ToArray<float>();
        rows.ShouldBe(Enumerable.Repeat(rows[..7], rows.Length / 7).SelectMany(row => row));
    }

    [Theory]
    [InlineData(16, 12, 0), InlineData(40, 6, 1), InlineData(3, 5, 2), InlineData(1, 4, 1)]
    public void Ceilings_are_those_of_the_slow_sum(int count, int length, double exponent)
    {
        var set = BitSet.Draw(new(3, 4), 2, count, length);
        var source = new SequenceSource(set, exponent);
        for (var i = 0; i < count; i++)
        {
            var (hits, loss) = (0.0, 0.0);
            for (var t = 1; t < length; t++)
            {
                var alike = Enumerable.Range(0, count).Where(j =>
                    set[j][..t].SequenceEqual(set[i][..t])).ToList();
                var same = alike.Where(j => set[j][t] == set[i][t]).Sum(j => source.Chances[j]);
                var part = same / alike.Sum(j => source.Chances[j]);
                hits += Math.Abs(part - .5) < 1e-12 ? .5 : part > .5 ? 1 : 0;
                loss -= Math.Log(part);
            }
            source.Ceilings[i].ShouldBe(hits / (length - 1), 1e-9);
            source.LossFloors[i].ShouldBe(loss / (length - 1), 1e-9);
        }
    }

    [Fact]
    public void Ceilings_of_the_published_size_are_those_of_the_description()
    {
        var source = new SequenceSource(BitSet.Draw(new(1, 2), 0, 100_000, 100), exponent: 1);
        double Mean(int from, int to) => source.Ceilings[from..to].Average();

        source.Chances[0].ShouldBe(.0827, 5e-5);
        source.Chances[999].ShouldBe(8.27e-5, 5e-8);
        Mean(0, 1000).ShouldBe(.9553, .002);
        Mean(1000, 2000).ShouldBe(.9453, .002);
        Mean(2000, 3000).ShouldBe(.9419, .002);
        Mean(0, 100_000).ShouldBe(.9232, .001);
        source.Ceilings.Zip(source.Chances, (c, p) => c * p).Sum().ShouldBe(.9592, .001);
        source.LossFloors.Zip(source.Chances, (c, p) => c * p).Sum().ShouldBe(.0737, .001);
    }

    [Fact]
    public void A_batch_read_in_parts_gives_the_same_slopes_but_for_rounding()
    {
        using var scope = new TensorScope();
        using var oracle = new SequenceOracle("gpt");
        var batch = SequenceOracle.Batch(1);
        var whole = oracle.Learning.Slopes(batch);
        var parts = oracle.Learning.Slopes(batch, samplesAtOnce: 2);

        SequenceOracle.Doubles(parts.Loss).ShouldBe(SequenceOracle.Doubles(whole.Loss));
        foreach (var (name, slope) in whole.ByName)
            ShouldAgree(
                SequenceOracle.Doubles(parts.ByName[name]), SequenceOracle.Doubles(slope), 1e-5,
                name);
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
