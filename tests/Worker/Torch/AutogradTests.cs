using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Torch;

public sealed class AutogradTests
{
    [Fact]
    public void Gradients_equal_the_closed_form()
    {
        using var scope = new TensorScope();
        var x = Tensor.From([1f, 2, 3], [3]).RequireGrad();
        var y = Tensor.From([4f, 5, 6], [3]).RequireGrad();
        var gradients = Autograd.Grad((x * x * y).Sum(), x, y);

        gradients[0].ToArray<float>().ShouldBe([8, 20, 36]);
        gradients[1].ToArray<float>().ShouldBe([1, 4, 9]);
    }

    [Fact]
    public void A_gradient_can_be_derived_again()
    {
        using var scope = new TensorScope();
        var x = Tensor.From([2f], [1]).RequireGrad();
        var first = Autograd.Grad([x * x * x], [x], [x.OnesLike()], createGraph: true)[0];
        var second = Autograd.Grad([first], [x], createGraph: true)[0];
        var third = Autograd.Grad([second], [x])[0];

        first.Item().ShouldBe(12);
        second.Item().ShouldBe(12);
        third.Item().ShouldBe(6);
    }

    [Fact]
    public void Outer_gradients_weigh_the_outputs()
    {
        using var scope = new TensorScope();
        var x = Tensor.From([1f, 2], [2]).RequireGrad();
        var seeds = Tensor.From([10f, 100], [2]);

        Autograd.Grad([x * x], [x], [seeds])[0].ToArray<float>().ShouldBe([20, 400]);
    }

    [Fact]
    public void Nothing_is_recorded_without_grad_and_the_mode_comes_back()
    {
        using var scope = new TensorScope();
        var x = Tensor.Ones([1]).RequireGrad();
        using (Autograd.NoGrad())
        {
            (x * 2).RequiresGrad.ShouldBeFalse();
            using (Autograd.EnableGrad()) (x * 2).RequiresGrad.ShouldBeTrue();
            (x * 2).RequiresGrad.ShouldBeFalse();
        }
        (x * 2).RequiresGrad.ShouldBeTrue();
        (x * 2).Detach().RequiresGrad.ShouldBeFalse();
    }

    [Fact]
    public void Backward_adds_to_the_gradient_of_leaves()
    {
        using var scope = new TensorScope();
        var x = Tensor.From([3f], [1]).RequireGrad();
        x.Gradient.ShouldBeNull();
        Autograd.Backward(x * x);
        Autograd.Backward(x * x);

        x.Gradient!.Item().ShouldBe(12);
    }

    [Fact]
    public void An_unused_input_is_an_error_unless_zeros_are_asked_for()
    {
        using var scope = new TensorScope();
        var x = Tensor.Ones([2]).RequireGrad();
        var unused = Tensor.Ones([3]).RequireGrad();

        Should.Throw<TorchException>(() => Autograd.Grad(x.Sum(), unused))
            .Message.ShouldContain("Float32 [3]");
        Autograd.Grad([x.Sum()], [unused], allowUnused: true)[0].ToArray<float>()
            .ShouldBe([0, 0, 0]);
    }
}
