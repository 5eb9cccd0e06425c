using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Torch;

public sealed class TorchThreadTests
{
    [Fact]
    public void Denormals_are_flushed_to_zero()
    {
        var product = TrainingThread.Run(
            () => (Tensor.Full([40], 1e-30) * Tensor.Full([40], 1e-12)).ToArray<float>());
        product.ShouldAllBe(x => x == 0);
        TrainingThread.Run(() => Tensor.Full([3, 5, 1], 1e-30)
                .Bmm(Tensor.Full([3, 1, 7], 1e-12)).ToArray<float>())
            .ShouldAllBe(x => x == 0);
    }

    [Fact]
    public void An_unprepared_thread_keeps_denormals() => PlainThread.Run(() =>
    {
        using var scope = new TensorScope();
        (Tensor.Full([40], 1e-30) * Tensor.Full([40], 1e-12)).ToArray<float>()
            .ShouldAllBe(x => x > 0);
    });

    [Fact]
    public void The_library_says_what_it_is()
    {
        LibTorch.Version.ShouldMatch(@"^\d+\.\d+");
        LibTorch.Blas.ShouldNotBeEmpty();
        LibTorch.Describe().ShouldContain(LibTorch.Version);
    }
}
