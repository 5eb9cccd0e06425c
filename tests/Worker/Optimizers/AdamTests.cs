using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Optimizers;

public sealed class AdamTests
{
    [PyTorchFact]
    public void Steps_equal_torch_optim_for_each_lane()
    {
        var expected = PyTorch.Run<double[][]>("""
            result = []
            for lane, (rate, decay) in enumerate([(1e-1, 0.), (1e-3, .01), (3e-2, .1)]):
                p = torch.tensor([math.sin(i + lane) for i in range(37)], requires_grad=True)
                adam = torch.optim.AdamW([p], lr=rate, weight_decay=decay)
                for step in range(20):
                    p.grad = torch.tensor([math.cos(i * (step + 1) + lane) for i in range(37)])
                    adam.step()
                result.append(p.tolist())
            print(json.dumps(result))
            """);
        using var scope = new TensorScope();
        var fused = Trained(DType.Float32);
        var composed = Trained(DType.Float64);
        for (int lane = 0; lane < 3; lane++)
        {
            fused.Select(0, lane).To(DType.Float64).ToArray<double>()
                .ShouldMatch(expected[lane], 1e-6);
            composed.Select(0, lane).ToArray<double>().ShouldMatch(expected[lane], 1e-6);
        }
    }

    [Fact]
    public void The_fused_step_and_the_composed_one_agree()
    {
        using var scope = new TensorScope();
        Trained(DType.Float32).ShouldMatch(Trained(DType.Float64), 1e-6);
    }

    [Fact]
    public void A_gradient_in_factors_equals_their_product()
    {
        using var scope = new TensorScope();
        foreach (long batch in new long[] { 1, 2, 9 })
        {
            Tensor whole = Sample.Normal(1, 3, 7, 33), factored = whole.Clone();
            var gradient = Gradient.Outer(
                Sample.Normal(2, 3, batch, 7), Sample.Normal(3, 3, batch, 33));
            using var adam = new Adam([whole, factored], Tensor.Full([3], 1e-2));
            for (int i = 0; i < 10; i++) adam.Step([gradient.Multiplied(), gradient]);
            factored.ShouldMatch(whole, 1e-6);
            if (batch == 1) factored.ShouldHaveTheBitsOf(whole);
        }
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void An_inactive_lane_keeps_every_bit(DType dtype)
    {
        using var scope = new TensorScope();
        var parameter = Sample.Normal(1, 3, 5).To(dtype);
        using var adam = new Adam([parameter], Tensor.Full([3], 1e-2, dtype));
        adam.Step([Sample.Normal(2, 3, 5).To(dtype)]);
        Tensor[] state = [parameter, adam.Means[0], adam.Variances[0], adam.Steps];
        var before = state.Select(t => t.Clone()).ToArray();
        var gradient = Sample.Normal(3, 3, 5).To(dtype);
        gradient.Select(0, 1).FillInPlace(double.NaN);
        adam.Step([gradient], Tensor.From([true, false, true], [3]));

        for (int i = 0; i < state.Length; i++)
            state[i].Select(0, 1).ShouldHaveTheBitsOf(before[i].Select(0, 1));
        adam.Steps.ToArray<long>().ShouldBe([2, 1, 2]);
        LaneChecks.AreFinite(parameter).ToArray<bool>().ShouldBe([true, true, true]);
    }

    [Fact]
    public void A_part_of_a_tensor_can_be_a_parameter()
    {
        using var scope = new TensorScope();
        var table = Sample.Normal(1, 3, 4, 5);
        var before = table.Clone();
        using var adam = new Adam([table.Select(1, 0)], Tensor.Full([3], 1e-2));
        adam.Step([Tensor.Ones([3, 5])]);

        table.Narrow(1, 1, 3).ShouldHaveTheBitsOf(before.Narrow(1, 1, 3));
        table.Select(1, 0).ShouldMatch(before.Select(1, 0) - 0.01, 1e-6);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_its_shapes()
    {
        using var scope = new TensorScope();
        using var adam = new Adam([Tensor.Zeros([3, 5])], Tensor.Full([3], 1e-2));
        Should.Throw<TorchException>(() => adam.Step([Tensor.Zeros([3, 4])]))
            .Message.ShouldContain("[3, 4]");
        Should.Throw<TorchException>(() => adam.Step(ReadOnlySpan<Tensor>.Empty))
            .Message.ShouldContain("0 gradients for 1 parameters");
        adam.Steps.ToArray<long>().ShouldBe([0, 0, 0]);
    }

    private static Tensor Trained(DType dtype)
    {
        var parameter = Wave((i, lane) => Math.Sin(i + lane)).To(dtype);
        using var adam = new Adam([parameter], Tensor.From([1e-1f, 1e-3f, 3e-2f], [3]))
        {
            WeightDecay = Tensor.From([0f, .01f, .1f], [3]),
        };
        for (int step = 0; step < 20; step++)
        {
            int time = step + 1;
            adam.Step([Wave((i, lane) => Math.Cos(i * time + lane)).To(dtype)]);
        }
        return parameter;
    }

    private static Tensor Wave(Func<int, int, double> value)
    {
        var elements = new float[3 * 37];
        for (int i = 0; i < elements.Length; i++) elements[i] = (float)value(i % 37, i / 37);
        return Tensor.From(elements, [3, 37]);
    }
}
