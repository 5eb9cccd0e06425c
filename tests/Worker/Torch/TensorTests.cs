using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Torch;

public sealed class TensorTests
{
    [Fact]
    public void Elements_come_back_as_they_went_in()
    {
        using var scope = new TensorScope();
        var x = Tensor.From([1f, 2, 3, 4, 5, 6], [2, 3]);

        x.Shape.ToArray().ShouldBe([2, 3]);
        x.Size(-1).ShouldBe(3);
        x.DType.ShouldBe(DType.Float32);
        x.Device.ShouldBe(Device.Cpu);
        x.ToArray<float>().ShouldBe([1, 2, 3, 4, 5, 6]);
        x.Transpose(0, 1).IsContiguous.ShouldBeFalse();
        x.Transpose(0, 1).ToArray<float>().ShouldBe([1, 4, 2, 5, 3, 6]);
        Tensor.FromBytes(x.ToBytes(), [3, 2], DType.Float32).Select(0, 1).ToArray<float>()
            .ShouldBe([3, 4]);
    }

    [Fact]
    public void Operators_follow_PyTorch()
    {
        using var scope = new TensorScope();
        var x = Tensor.From([1f, -2, 3, -4], [2, 2]);

        (x + x * 2 - x / 2).ToArray<float>().ShouldBe([2.5f, -5, 7.5f, -10]);
        (1 - -x).ToArray<float>().ShouldBe([2, -1, 4, -3]);
        x.Relu().Sum(1).ToArray<float>().ShouldBe([1, 3]);
        x.ArgMax(1).ToArray<long>().ShouldBe([0, 0]);
        x.MatMul(x).ToArray<float>().ShouldBe([-5, 6, -9, 10]);
        Tensor.Cat(1, x, x).Shape.ToArray().ShouldBe([2, 4]);
        Tensor.Stack(0, x, x).Shape.ToArray().ShouldBe([2, 2, 2]);
        x.Gt(0).LogicalNot().ToArray<bool>().ShouldBe([false, true, false, true]);
        Tensor.Where(x.Lt(0), x.ZerosLike(), x).ToArray<float>().ShouldBe([1, 0, 3, 0]);
        x.Clamp(low: -1).MaskedFill(x.Ge(3), 9).ToArray<float>().ShouldBe([1, -1, 9, -1]);
        x.Index(0, Tensor.From([1L, 0], [2])).ToArray<float>().ShouldBe([3, -4, 1, -2]);
        x.To(DType.Int64).ToArray<long>().ShouldBe([1, -2, 3, -4]);
        x.Div(0).IsFinite().Any().Item().ShouldBe(0);
        x.Sum().Item().ShouldBe(-2);
        var (values, indices) = x.MaxWithIndex(0);
        values.ToArray<float>().ShouldBe([3, -2]);
        indices.ToArray<long>().ShouldBe([1, 0]);
    }

    [Fact]
    public void Any_operator_can_be_called_by_its_name()
    {
        using var scope = new TensorScope();
        var x = Tensor.Arange(4, DType.Float32);

        Operators.Call("aten::cumsum", "", x, 0).ToArray<float>().ShouldBe([0, 1, 3, 6]);
        Operators.Call("aten::index", "Tensor", x.View(2, 2),
            Argument.OptionalTensors(null, Tensor.From([1L], [1]))).ToArray<float>()
            .ShouldBe([1, 3]);
        Operators.Exist("aten::cumsum").ShouldBeTrue();
        Operators.Exist("aten::there_is_no_such_operator").ShouldBeFalse();
    }

    [Fact]
    public void An_error_names_the_operator_and_the_shapes()
    {
        using var scope = new TensorScope();
        var error = Should.Throw<TorchException>(
            () => Tensor.Zeros([2, 3, 4]).Bmm(Tensor.Zeros([2, 5, 6])));

        error.Message.ShouldContain("aten::bmm");
        error.Message.ShouldContain("[2, 3, 4]");
        error.Message.ShouldContain("[2, 5, 6]");
        error.Message.ShouldNotContain("frame #");
        Should.Throw<TorchException>(() => Operators.Call("aten::nothing", ""))
            .Message.ShouldContain("has no such operator");
        Should.Throw<TorchException>(() => Tensor.From([1f, 2], [3]))
            .Message.ShouldContain("the buffer 8");
        Should.Throw<TorchException>(() => Tensor.Zeros([1]).ToArray<double>())
            .Message.ShouldContain("not Double");
    }
}
