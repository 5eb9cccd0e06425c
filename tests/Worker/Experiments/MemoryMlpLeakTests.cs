using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Experiments;

[Collection("live tensors")]
public sealed class MemoryMlpLeakTests
{
    [Fact]
    public void Ten_thousand_steps_leak_neither_tensors_nor_memory() => TrainingThread.Run(() =>
    {
        var family = new MemoryMlp();
        using var bench = new Bench(family, Bench.Lane(family, 0), Bench.Lane(family, 1));
        bench.Train(500);
        var (tensors, memory) = (Tensor.LiveCount, Environment.WorkingSet);

        bench.Train(10_000);

        Tensor.LiveCount.ShouldBe(tensors);
        (Environment.WorkingSet - memory).ShouldBeLessThan(32L << 20);
    });
}
