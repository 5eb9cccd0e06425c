using Mneme.Worker.Optimizers;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Torch;

public sealed class KernelTests
{
    [Fact]
    public void Every_instruction_set_gives_the_same_bits()
    {
        string best = Native.Kernels();
        byte[][]? expected = null;
        try
        {
            foreach (string name in new[] { "basic", "avx2", "avx512" })
            {
                if (Native.SelectKernels(name) == 0) continue;
                var found = TrainingThread.Run(Everything);
                expected ??= found;
                for (int i = 0; i < found.Length; i++)
                    found[i].AsSpan().SequenceEqual(expected[i]).ShouldBeTrue($"{name}, {i}");
            }
        }
        finally
        {
            Native.SelectKernels(null).ShouldBe(1);
        }
        Native.Kernels().ShouldBe(best);
        Native.SelectKernels("no such set").ShouldBe(0);
    }

    private static byte[][] Everything()
    {
        var found = new List<Tensor>();
        foreach (long n in new long[] { 1, 5, 16, 37, 130 })
        {
            var w = Sample.Normal(1, 3, n, 33);
            var row = Sample.Normal(2, 3, 1, n);
            found.Add(row.Bmm(w));
            found.Add(row.Transpose(1, 2).BAddBmm(w, Sample.Normal(3, 3, 33, 1)));
            found.Add(row.Transpose(1, 2).Bmm(row));
            found.AddRange(AdamSteps(w, Sample.Normal(4, 3, 2, n), Sample.Normal(5, 3, 2, 33)));
        }
        return [.. found.Select(t => t.ToBytes())];
    }

    private static Tensor[] AdamSteps(Tensor parameter, Tensor x, Tensor delta)
    {
        var factored = parameter.Clone();
        using var adam = new Adam([parameter, factored], Tensor.Full([3], 1e-2));
        for (int step = 0; step < 5; step++)
            adam.Step([Gradient.Outer(x, delta).Multiplied(), Gradient.Outer(x, delta)]);
        return [parameter, factored, .. adam.Means.Concat(adam.Variances).Select(t => t.Clone())];
    }
}
