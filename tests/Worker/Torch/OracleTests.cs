using Mneme.Worker.Torch;

namespace Mneme.Tests.Worker.Torch;

public sealed class OracleTests
{
    [PyTorchFact]
    public void Losses_and_gradients_equal_PyTorch()
    {
        var expected = PyTorch.Run<double[][]>("""
            def wave(count, a, *shape):
                return torch.tensor([math.sin(a * i + a) for i in range(count)]).view(*shape)
            x, y = wave(6 * 5, .7, 6, 5), torch.tensor([0, 2, 1, 1, 0, 2])
            w, v = wave(5 * 7, .3, 5, 7).requires_grad_(), wave(7 * 3, .9, 7, 3).requires_grad_()
            hidden = torch.nn.functional.gelu(x @ w).tanh() * torch.sigmoid(x @ w)
            loss = torch.nn.functional.cross_entropy(hidden @ v, y)
            grads = torch.autograd.grad(loss, (w, v))
            print(json.dumps([[loss.item()]] + [g.flatten().tolist() for g in grads]))
            """);
        using var scope = new TensorScope();
        var x = Wave(.7, 6, 5);
        Tensor w = Wave(.3, 5, 7).RequireGrad(), v = Wave(.9, 7, 3).RequireGrad();
        var y = Tensor.From([0L, 2, 1, 1, 0, 2], [6]);
        var hidden = x.MatMul(w).Gelu().Tanh() * x.MatMul(w).Sigmoid();
        var loss = hidden.MatMul(v).CrossEntropy(y);
        Tensor[] found = [loss, .. Autograd.Grad(loss, w, v)];
        for (int i = 0; i < found.Length; i++)
            found[i].To(DType.Float64).Reshape(-1).ToArray<double>().ShouldMatch(expected[i], 1e-6);
    }

    private static Tensor Wave(double a, params long[] shape)
    {
        long count = shape.Aggregate(1L, (product, size) => product * size);
        var elements = new float[count];
        for (int i = 0; i < count; i++) elements[i] = (float)Math.Sin(a * i + a);
        return Tensor.From(elements, shape);
    }
}
