using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Optimizers;

public sealed class SgdAndClipTests
{
    [Fact]
    public void Momentum_adds_up_for_each_lane()
    {
        using var scope = new TensorScope();
        var parameter = Tensor.Zeros([2, 1]);
        using var sgd = new Sgd(
            [parameter], Tensor.From([1f, 10], [2]), Tensor.From([0.5f, 0], [2]));
        sgd.Step([Tensor.Ones([2, 1])]);
        sgd.Step([Tensor.Ones([2, 1])], Tensor.From([true, false], [2]));

        parameter.ToArray<float>().ShouldBe([-2.5f, -10]);
        sgd.Buffers[0].ToArray<float>().ShouldBe([1.5f, 1]);
    }

    [Fact]
    public void Without_momentum_a_step_is_the_rate_times_the_gradient()
    {
        using var scope = new TensorScope();
        var parameter = Tensor.Ones([2, 3]).RequireGrad();
        using var sgd = new Sgd([parameter], Tensor.From([0.5f, 0.25f], [2]));
        sgd.Step(Autograd.Grad(parameter.Sum(), parameter));

        parameter.ToArray<float>().ShouldBe([.5f, .5f, .5f, .75f, .75f, .75f]);
    }

    [Fact]
    public void Clipping_takes_the_norm_over_all_tensors_of_a_lane()
    {
        using var scope = new TensorScope();
        Tensor first = Tensor.From([3f, 0, float.NaN], [3, 1]);
        Tensor second = Tensor.From([0f, 4, 0, 1, 0, 0], [3, 2]);
        var (clipped, norms) = Clip.GlobalNorm([first, second], Tensor.From([2.5f, 9, 9], [3]));

        norms.ToArray<float>().ShouldBe([5, 1, float.NaN]);
        clipped[0].ToArray<float>()[..2].ShouldBe([1.5f, 0], 1e-5);
        clipped[1].ToArray<float>()[..4].ShouldBe([0, 2, 0, 1], 1e-5);
    }
}
