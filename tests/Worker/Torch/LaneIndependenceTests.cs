using Mneme.Worker.Torch;
using Xunit;

namespace Mneme.Tests.Worker.Torch;

/// <summary>Lane k of K equals the lone lane bit for bit, operator by operator: on sizes that fill
/// no vector, where libtorch's own kernels compute the rest by other code.</summary>
public sealed class LaneIndependenceTests
{
    private static readonly long[] LaneCounts = [3, 8, 37, 64];

    private static readonly long[][] Sizes =
        [[1, 1], [1, 2], [1, 37], [1, 130], [3, 7], [8, 33], [7, 64], [32, 10]];

    private static readonly (string Name, Func<Tensor, Tensor, Tensor> Body)[] Functions =
    [
        ("gelu", (x, _) => x.Gelu()),
        ("sigmoid", (x, _) => x.Sigmoid()),
        ("silu", (x, _) => x.Silu()),
        ("softplus", (x, _) => x.Softplus()),
        ("tanh", (x, _) => x.Tanh()),
        ("relu", (x, _) => x.Relu()),
        ("elu", (x, _) => Operators.Call("aten::elu", "", x)),
        ("sinh", (x, _) => Operators.Call("aten::sinh", "", x)),
        ("exp", (x, _) => x.Exp()),
        ("log", (x, _) => (x.Abs() + 0.1).Log()),
        ("sqrt", (x, _) => (x.Abs() + 0.1).Sqrt()),
        ("pow", (x, _) => (x.Abs() + 0.1).Pow(1.7)),
        ("powers", (x, y) => Operators.Call("aten::pow", "Tensor_Tensor", x.Abs() + 0.1, y)),
        ("logaddexp", (x, y) => Operators.Call("aten::logaddexp", "", x, y)),
        ("arithmetic", (x, y) => x * y + x / (y.Abs() + 1) - (1 - x)),
        ("addcmul", (x, y) => x.AddCMul(x, y)),
        ("lerp", (x, y) => x.Lerp(y, x.Sigmoid())),
        ("softmax", (x, _) => x.Softmax(-1)),
        ("softmax over rows", (x, _) => x.Softmax(1)),
        ("log_softmax", (x, _) => x.LogSoftmax(-1)),
        ("sum", (x, _) => x.Sum(-1)),
        ("sum of rows", (x, _) => x.Sum(1)),
        ("sum of all", (x, _) => x.Sum(1, 2)),
        ("mean", (x, _) => x.Mean(1, 2)),
        ("product", (x, y) => x.Bmm(y.Transpose(1, 2))),
        ("product of columns", (x, y) => x.Transpose(1, 2).Bmm(y)),
        ("sum and product", (x, y) => x.Narrow(1, 0, 1).BAddBmm(x, y.Transpose(1, 2).Bmm(x))),
        ("max", (x, y) => x.Maximum(y).Max(2)),
    ];

    public static TheoryData<string> Names() => [.. Functions.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_lane_and_its_gradient_do_not_depend_on_the_others(string name)
    {
        var body = Functions.First(f => f.Name == name).Body;
        TrainingThread.Run(() =>
        {
            foreach (var size in Sizes)
            foreach (long lanes in LaneCounts)
                Compare(name, body, Sample.Normal(1, lanes, size[0], size[1]),
                    Sample.Normal(2, lanes, size[0], size[1]));
        });
    }

    private static void Compare(
        string name, Func<Tensor, Tensor, Tensor> body, Tensor x, Tensor y)
    {
        using var scope = new TensorScope();
        var together = ValueAndGradient(body, x, y);
        for (long k = 0; k < x.Size(0); k += 5)
        {
            // The lone lane also starts at another address than it has among the others.
            var alone = ValueAndGradient(body, Shifted(x.Narrow(0, k, 1)), y.Narrow(0, k, 1));
            for (int i = 0; i < together.Length; i++)
                alone[i].ShouldHaveTheBitsOf(together[i].Narrow(0, k, 1), $"{name} {x}, {k}, {i}");
        }
    }

    private static Tensor[] ValueAndGradient(Func<Tensor, Tensor, Tensor> body, Tensor x, Tensor y)
    {
        x = x.Detach().RequireGrad();
        y = y.Detach().RequireGrad();
        var value = body(x, y);
        var seed = value.Detach() * 0.3 + 0.1;
        return [value.Detach(), .. Autograd.Grad([value], [x, y], [seed], allowUnused: true)];
    }

    private static Tensor Shifted(Tensor x)
    {
        var room = Tensor.Zeros([x.Count + 3]);
        return room.Narrow(0, 3, x.Count).View(x.Shape).CopyFrom(x);
    }
}
