using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Optimizers;

/// <summary>A small net trained with Adam; no size of it fills whole vectors.</summary>
public sealed class LaneTrainingTests
{
    private const int Steps = 50;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void A_lane_trained_alone_equals_the_lane_of_a_cohort(long batch) =>
        TrainingThread.Run(() =>
        {
            var all = Trained([.. Enumerable.Range(0, 64)], batch);
            foreach (int lanes in new[] { 1, 3, 8, 37 })
            {
                int[] seeds = [.. Enumerable.Range(64 - lanes, lanes).Reverse()];
                var some = Trained(seeds, batch);
                for (int tensor = 0; tensor < some.Length; tensor++)
                for (int k = 0; k < lanes; k++)
                    some[tensor].Select(0, k).ShouldHaveTheBitsOf(
                        all[tensor].Select(0, seeds[k]), $"{lanes} lanes, tensor {tensor}");
            }
        });

    [Fact]
    public void A_diverging_lane_leaves_the_others_as_they_are() => TrainingThread.Run(() =>
    {
        int[] seeds = [.. Enumerable.Range(0, 8)];
        var calm = Trained(seeds, 3);
        var disturbed = Trained(seeds, 3, diverging: 2);
        LaneChecks.AreFinite(disturbed).ToArray<bool>()
            .ShouldBe([true, true, false, true, true, true, true, true]);
        for (int tensor = 0; tensor < calm.Length; tensor++)
        foreach (int k in seeds.Where(k => k != 2))
            disturbed[tensor].Select(0, k).ShouldHaveTheBitsOf(calm[tensor].Select(0, k));
    });

    private static Tensor[] Trained(int[] seeds, long batch, int? diverging = null)
    {
        Tensor Drawn(int purpose, params long[] shape) =>
            Tensor.Stack(0, [.. seeds.Select(s => Sample.Normal(s * 10 + purpose, shape))]);
        Tensor w = Drawn(1, 5, 37).RequireGrad(), b = Drawn(2, 1, 37).RequireGrad();
        var v = Drawn(3, 37, 3).RequireGrad();
        Tensor x = Drawn(4, batch, 5), y = Drawn(5, batch, 3);
        if (diverging is { } lane) x.Select(0, lane).FillInPlace(float.MaxValue);
        var rate = Tensor.From([.. seeds.Select(s => 1e-3f * (1 + s))], [seeds.Length]);
        using var adam = new Adam([w, b, v], rate);
        for (int i = 0; i < Steps; i++)
        {
            using var scope = new TensorScope();
            var output = b.BAddBmm(x, w).Gelu().Bmm(v);        // [lane, batch, 3]
            var loss = (output - y).Square().Mean(1, 2).Sum();
            var (gradients, _) = Clip.GlobalNorm(
                Autograd.Grad(loss, w, b, v), rate.OnesLike());
            adam.Step(gradients);
        }
        return [w.Detach(), b.Detach(), v.Detach()];
    }
}
