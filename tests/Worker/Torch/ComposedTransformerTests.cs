using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Torch;

/// <summary>The operators for transformers composed of libtorch's own, as other devices have them,
/// beside the CPU's.</summary>
public sealed class ComposedTransformerTests
{
    private const double Tolerance = 1e-5;

    // Tables, samples of each, positions, heads, features of a head.
    public static TheoryData<int, int, int, int, int> Sizes => new()
    {
        { 2, 3, 5, 2, 3 }, { 1, 1, 1, 1, 1 }, { 3, 5, 11, 3, 5 }, { 2, 16, 11, 4, 8 },
        { 1, 2, 36, 2, 17 }, { 6, 1, 16, 4, 3 }, { 1, 3, 99, 2, 16 },
    };

    [Theory, MemberData(nameof(Sizes))]
    public void Attention_agrees_forward_and_back(
        int tables, int samples, int positions, int heads, int features)
    {
        var width = heads * features;
        ShouldAgree(() =>
        {
            var qkv = Sample.Normal(1, tables, 2 * positions, 3 * width);
            var places = Places(tables * samples, positions);
            var (y, weights) = qkv.Attention(places, heads);
            var slope = Sample.Normal(2, tables * samples, positions, width);
            return [y, slope.AttentionBackward(qkv, places, weights)];
        });
    }

    [Fact]
    public void The_weights_of_attention_lie_in_rows_of_sixteens_on_the_CPU_alone()
    {
        long Pitch() => Sample.Normal(1, 1, 10, 6).Attention(Places(1, 5), 2).Weights.Size(3);

        (TrainingThread.Run(Pitch), TrainingThread.RunElsewhere(Pitch)).ShouldBe((16, 5));
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Layer_norm_agrees_forward_and_back(
        int lanes, int samples, int positions, int heads, int features)
    {
        var (rows, width) = (samples * positions, heads * features);
        ShouldAgree(() =>
        {
            var x = Sample.Normal(3, lanes, rows, width);
            var weight = Sample.Normal(4, lanes, width);
            var (y, statistics) = x.LayerNorm(weight, Sample.Normal(5, lanes, width));
            var slopes = Sample.Normal(6, lanes, rows, width)
                .LayerNormBackward(x, statistics, weight);
            return [y, statistics, slopes.X, slopes.Weight, slopes.Bias];
        });
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Relu_with_and_without_a_skip_agrees_forward_and_back(
        int lanes, int samples, int positions, int heads, int features)
    {
        long[] shape = [lanes, samples * positions, heads * features];
        ShouldAgree(() =>
        {
            var (plain, skipped) = (Sample.Normal(7, shape), Sample.Normal(8, shape));
            var bias = Sample.Normal(9, lanes, heads * features);
            var y = skipped.BiasReluInPlace(bias, Sample.Normal(10, shape));
            var slopes = Sample.Normal(11, shape).BiasReluBackward(plain.BiasReluInPlace(bias));
            return [plain, skipped, y, slopes.X, slopes.Bias];
        });
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Bits_read_off_rows_agree_with_their_slopes(
        int lanes, int samples, int positions, int heads, int features)
    {
        var width = heads * features;
        ShouldAgree(() =>
        {
            var x = Sample.Normal(12, lanes, samples * positions, width);
            var (weight, bias) = (Sample.Normal(13, lanes, 2, width), Sample.Normal(14, lanes, 2));
            var bits = Sample.Normal(15, lanes, samples, positions + 1).Gt(0.0).To(DType.UInt8);
            var (loss, hits) = x.JudgeBits(weight, bias, bits);
            var slopes = x.LearnBits(weight, bias, bits, .25);
            return
            [
                loss, hits, slopes.Loss, slopes.Hits, slopes.X, slopes.Weight, slopes.Bias,
            ];
        });
    }

    [Fact]
    public void What_does_not_fit_together_is_refused_there_too()
    {
        TrainingThread.RunElsewhere(() =>
        {
            var x = Sample.Normal(1, 2, 3, 4);
            Should.Throw<TorchException>(() => x.LayerNorm(
                Sample.Normal(1, 1, 4), Sample.Normal(1, 2, 4)));
            Should.Throw<TorchException>(() => x.Attention(Places(2, 3), 3));
            Should.Throw<TorchException>(() => x.JudgeBits(
                Sample.Normal(1, 2, 2, 4), Sample.Normal(1, 2, 2),
                Tensor.Zeros([2, 1, 5], DType.UInt8)));
            return true;
        });
    }

    // A row for each bit at each position; the bits of samples differ.
    private static Tensor Places(int samples, int positions)
    {
        var bits = Sample.Normal(16, samples, positions).Gt(0.0).To(DType.Int32);
        return bits * Tensor.Full([1, 1], positions, DType.Int32)
            + Tensor.Arange(positions, DType.Int32);
    }

    private static void ShouldAgree(Func<Tensor[]> body)
    {
        var own = TrainingThread.Run(() => Numbers(body()));
        var composed = TrainingThread.RunElsewhere(() => Numbers(body()));
        own.Length.ShouldBe(composed.Length);
        foreach (var (expected, actual) in own.Zip(composed))
            actual.ShouldMatch(expected, Tolerance);
    }

    private static double[][] Numbers(Tensor[] tensors) =>
        [.. tensors.Select(tensor => tensor.To(DType.Float64).ToArray<double>())];
}
