using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Torch;

[Collection("live tensors")]
public sealed class TensorScopeTests
{
    [Fact]
    public void A_scope_frees_what_was_made_in_it_but_not_what_was_kept()
    {
        Tensor kept, temporary;
        using (new TensorScope())
        {
            temporary = Tensor.Ones([2]);
            kept = (temporary + 1).Keep();
        }
        Should.Throw<TorchException>(() => temporary.ToArray<float>())
            .Message.ShouldContain("freed");
        kept.ToArray<float>().ShouldBe([2, 2]);
        kept.Dispose();
        kept.ToString().ShouldBe("freed");
    }

    [Fact]
    public void What_is_moved_out_lives_as_long_as_the_outer_scope()
    {
        Tensor moved;
        using (new TensorScope())
        {
            using (var inner = new TensorScope()) moved = inner.MoveOut(Tensor.Ones([1]));
            moved.Item().ShouldBe(1);
        }
        Should.Throw<TorchException>(() => moved.Item());
    }

    [Fact]
    public void A_tensor_disposed_by_hand_is_freed_once()
    {
        using var scope = new TensorScope();
        var x = Tensor.Ones([1]);
        x.Dispose();
        x.Dispose();
        Tensor.Ones([1]).Item().ShouldBe(1);
    }
}
