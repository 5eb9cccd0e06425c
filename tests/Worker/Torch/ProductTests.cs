using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Torch;

public sealed class ProductTests
{
    // Products of one row, one column and one inner element have code of their own.
    private static readonly long[][] Shapes =
    [
        [1, 64, 128], [1, 130, 2], [128, 64, 1], [2, 130, 1], [64, 1, 128], [1, 1, 5], [5, 1, 1],
        [1, 7, 1], [1, 1, 1], [2, 3, 4], [17, 33, 9], [32, 16, 32], [32, 64, 64], [5, 130, 3],
    ];

    public static TheoryData<long, long, long> Sizes()
    {
        var data = new TheoryData<long, long, long>();
        foreach (var shape in Shapes) data.Add(shape[0], shape[1], shape[2]);
        return data;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Batched_products_equal_double_precision(long m, long k, long n)
    {
        using var scope = new TensorScope();
        foreach (var a in Layouts(1, 3, m, k))
        foreach (var b in Layouts(2, 3, k, n))
        {
            var exact = a.To(DType.Float64).Bmm(b.To(DType.Float64));
            a.Bmm(b).ShouldMatch(exact, 1e-5);
            foreach (var first in Summands(m, n))
                first.BAddBmm(a, b).ShouldMatch(exact + first.To(DType.Float64), 1e-5);
        }
    }

    [Fact]
    public void What_is_not_plain_goes_to_the_stock_kernels()
    {
        using var scope = new TensorScope();
        var a = Sample.Normal(1, 3, 4, 5);
        var b = Sample.Normal(2, 3, 5, 6);
        var first = Sample.Normal(3, 3, 4, 6);
        var scaled = Operators.Call("aten::baddbmm", "", first, a, b, 0.5, 2.0);

        scaled.ShouldMatch(first * 0.5 + a.Bmm(b) * 2, 1e-5);
        a.To(DType.Float64).Bmm(b.To(DType.Float64)).DType.ShouldBe(DType.Float64);
        Tensor.Arange(6).View(1, 2, 3).Bmm(Tensor.Arange(6).View(1, 3, 2)).ToArray<long>()
            .ShouldBe([10, 13, 28, 40]);
        Tensor.Zeros([3, 0, 5]).Bmm(b).Shape.ToArray().ShouldBe([3, 0, 6]);
        Tensor.Zeros([3, 4, 0]).Bmm(Tensor.Zeros([3, 0, 6])).ToArray<float>()
            .ShouldAllBe(x => x == 0);
        Tensor.Zeros([0, 4, 5]).Bmm(Tensor.Zeros([0, 5, 6])).Count.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Gradients_flow_through_products_twice(long m, long k, long n)
    {
        using var scope = new TensorScope();
        var single = Derivatives(m, k, n, DType.Float32);
        var exact = Derivatives(m, k, n, DType.Float64);
        for (int i = 0; i < exact.Length; i++) single[i].ShouldMatch(exact[i], 2e-5);
    }

    private static Tensor[] Derivatives(long m, long k, long n, DType dtype)
    {
        var first = Sample.Normal(1, 3, 1, n).To(dtype).RequireGrad();
        var a = Sample.Normal(2, 3, m, k).To(dtype).RequireGrad();
        var b = Sample.Normal(3, 3, k, n).To(dtype).RequireGrad();
        var loss = first.BAddBmm(a, b).Square().Sum();
        var once = Autograd.Grad([loss], [first, a, b], createGraph: true);
        var norm = once[0].Square().Sum() + once[1].Square().Sum() + once[2].Square().Sum();
        return [.. once, .. Autograd.Grad(norm, first, a, b)];
    }

    // Dense, transposed, one matrix for all lanes, cut out of a larger one, every other element.
    private static IEnumerable<Tensor> Layouts(int seed, long lanes, long rows, long columns) =>
    [
        Sample.Normal(seed, lanes, rows, columns),
        Sample.Normal(seed, lanes, columns, rows).Transpose(1, 2),
        Sample.Normal(seed, 1, rows, columns).Expand(lanes, rows, columns),
        Sample.Normal(seed, lanes, rows + 3, columns + 5).Narrow(1, 1, rows).Narrow(2, 2, columns),
        Sample.Normal(seed, lanes, rows, columns, 2).Select(3, 0),
        Sample.Normal(seed, lanes, 1, columns).Expand(lanes, rows, columns),
        Sample.Normal(seed, rows, lanes, columns).Transpose(0, 1),
    ];

    private static IEnumerable<Tensor> Summands(long m, long n) =>
    [
        Sample.Normal(7, 3, m, n),
        Sample.Normal(7, 3, 1, n),
        Sample.Normal(7, 3, n, m).Transpose(1, 2),
        Sample.Normal(7, 1, 1, 1),
    ];
}
