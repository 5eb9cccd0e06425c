using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Torch;

/// <summary>Counts the process's tensors, so nothing else may make any meanwhile.</summary>
[CollectionDefinition("live tensors", DisableParallelization = true)]
public sealed class LiveTensors;

[Collection("live tensors")]
public sealed class LeakTests
{
    private const int Steps = 10_000;

    [Fact]
    public void Ten_thousand_steps_leak_neither_tensors_nor_memory() => TrainingThread.Run(() =>
    {
        var weight = Sample.Normal(1, 4, 16, 32).RequireGrad();
        using var adam = new Adam([weight], Tensor.Full([4], 1e-3));
        for (int i = 0; i < 2_000; i++) Step(weight, adam, i);
        long tensors = Tensor.LiveCount, bytes = Resident();
        for (int i = 0; i < Steps; i++) Step(weight, adam, i);

        Tensor.LiveCount.ShouldBe(tensors);
        (Resident() - bytes).ShouldBeLessThan(8 << 20);
    });

    private static void Step(Tensor weight, Adam adam, int step)
    {
        using var scope = new TensorScope();
        var x = Tensor.Ones([4, 8, 16]);
        var loss = x.Bmm(weight).Gelu().Square().Mean(1, 2).Sum();
        adam.Step(Autograd.Grad(loss, weight));
        // A refused call must not leak either; an exception is too slow for every step.
        if (step % 100 == 0) Should.Throw<TorchException>(() => x.Bmm(x));
    }

    private static long Resident()
    {
        string pages = File.ReadAllText("/proc/self/statm").Split(' ')[1];
        return long.Parse(pages) * Environment.SystemPageSize;
    }
}
