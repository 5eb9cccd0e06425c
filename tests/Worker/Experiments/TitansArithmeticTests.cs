using System.Text.Json;
using Mneme.Specs;
using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Mneme.Worker.Memories;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>The inner step against closed forms, in double precision; a whole batch against
/// PyTorch.</summary>
public sealed class TitansArithmeticTests
{
    private static readonly Titans Family = new();
    private static readonly InnerLoss Squared = InnerLoss.Named("l2");

    [Fact]
    public void One_token_gives_the_closed_forms_of_the_description()
    {
        using var scope = new TensorScope();
        var start = Matrix(.5, 0, .25, -.5).RequireGrad();
        var (k, v) = (Row(1, 2).RequireGrad(), Row(0, 1).RequireGrad());
        var memory = Memory(start);

        Squared.Of(memory.Read(k), v).Item().ShouldBe(3.3125, 1e-12);
        var slopes = memory.Slopes(k, v, Squared)[0];
        ShouldBe(slopes[0], 1, 2, -3.5, -7);
        var now = memory.Advance(slopes, Rates(eta: 0));
        ShouldBe(now.Weights[0], .3, -.2, .55, .3);

        var outer = (now.Weights[0] * Matrix(1, 0, 0, -1)).Sum();
        var found = Autograd.Grad(outer, start, k, v);
        ShouldBe(found[0], .6, -.4, .4, 0);
        ShouldBeRow(found[1], -.1, -.55);
        ShouldBeRow(found[2], .2, -.4);
    }

    [Fact]
    public void A_second_token_has_momentum_and_a_chunk_takes_its_gradients_at_its_start()
    {
        using var scope = new TensorScope();
        var start = Memory(Matrix(.5, 0, .25, -.5));
        var (k, v) = (Rows(1, 2, 0, 1), Rows(0, 1, 1, 1));
        var both = start.Slopes(k, v, Squared);

        var first = start.Advance(both[0], Rates(eta: .9));
        var exact = first.Advance(
            first.Slopes(k.Narrow(1, 1, 1), v.Narrow(1, 1, 1), Squared)[0], Rates(eta: .9));
        ShouldBe(exact.Surprise[0], -.09, .06, .315, .77);
        ShouldBe(exact.Weights[0], .15, -.1, .755, 1.01);
        ShouldBe(first.Advance(both[1], Rates(eta: .9)).Weights[0], .15, -.14, .755, 1.17);
    }

    [Theory]
    [InlineData(1, "l2"), InlineData(2, "l2"), InlineData(4, "l2_mean")]
    [InlineData(3, "l1"), InlineData(2, "l1_mean")]
    public void The_written_out_gradient_is_autograds(int layers, string loss)
    {
        using var scope = new TensorScope();
        var (leaves, inner) = (Leaves(layers), InnerLoss.Named(loss));
        var memory = new SurpriseMemory(leaves, [.. leaves.Select(leaf => leaf.ZerosLike())]);
        var (k, v) = (Rows(.3, -.7, 1.1, .4), Rows(.5, .2, -.6, .9));

        var slopes = memory.Slopes(k, v, inner);

        for (var t = 0; t < 2; t++)
        {
            var theirs = Autograd.Grad(inner.Of(
                memory.Read(k.Narrow(1, t, 1)), v.Narrow(1, t, 1)).Sum(), leaves);
            for (var l = 0; l < layers; l++)
                (slopes[t][l] - theirs[l]).Detach().Abs().Max().Item().ShouldBeLessThan(1e-12);
        }
    }

    [Fact]
    public void With_an_inner_L1_loss_the_value_gets_a_gradient_of_exactly_zero()
    {
        using var scope = new TensorScope();
        var (k, v) = (Row(1, 2).RequireGrad(), Row(0, 1).RequireGrad());
        var memory = Memory(Matrix(.5, 0, .25, -.5));

        var now = memory.Advance(
            memory.Slopes(k, v, InnerLoss.Named("l1"))[0], Rates(eta: 0));
        var found = Autograd.Grad((now.Read(Row(.3, .4)) * Row(1, .5)).Sum(), k, v);

        found[0].Abs().Sum().Item().ShouldBeGreaterThan(.01);
        found[1].ToArray<double>().ShouldAllBe(slope => slope == 0);
    }

    [Fact]
    public void With_the_graph_cut_keys_and_values_have_no_gradient_at_all()
    {
        using var scope = new TensorScope();
        var (k, v) = (Row(1, 2).RequireGrad(), Row(0, 1).RequireGrad());
        var query = Row(.3, .4).RequireGrad();
        var memory = Memory(Matrix(.5, 0, .25, -.5));

        var now = memory.Advance(memory.Slopes(k, v, Squared)[0], Rates(eta: 0)).Detach();
        var read = now.Read(query).Sum();

        // None, which is another thing than zero: autograd refuses to answer.
        Should.Throw<TorchException>(() => Autograd.Grad([read], [k], retainGraph: true));
        Should.Throw<TorchException>(() => Autograd.Grad([read], [v], retainGraph: true));
        Autograd.Grad(read, query)[0].Abs().Sum().Item().ShouldBeGreaterThan(.01);
    }

    public static TheoryData<string, (string, SettingValue)[]> Variants => new()
    {
        { "default", [] },
        { "deep", [("memory_layers", new Integer(3)), ("silu", new Flag(true))] },
        { "chunks", [("chunk", new Integer(2)), ("memory_layers", new Integer(2))] },
        { "L1", [("inner_loss", new Text("l1_mean")), ("normalise", new Flag(false))] },
        { "first order", [("second_order", new Text("first_order"))] },
        { "constants", [("coefficients", new Text("constant")), ("ascend", new Flag(true))] },
    };

    [PyTorchTheory, MemberData(nameof(Variants))]
    public void Loss_and_gradients_of_a_batch_are_PyTorchs(
        string what, (string, SettingValue)[] settings) => TrainingThread.Run(() =>
    {
        var lanes = new Lanes([Bench.Lane(Family, 5,
        [
            ("memory_size", new Integer(6)), ("batch_size", new Integer(3)),
            ("key_size", new Integer(3)), ("value_size", new Integer(2)),
            ("pairs", new Integer(3)), .. settings,
        ])], Device.Cpu);
        using var cohort = new TitansCohort(lanes);
        var told = cohort.PairsAt(4);
        var lesson = cohort.Study(told);
        var theirs = Theirs(lanes, cohort, told);

        lesson.Loss.Mean().Item().ShouldBe(theirs[0][0], 1e-5 * theirs[0][0], what);
        for (var i = 0; i < lesson.Slopes.Length; i++)
        {
            var own = lesson.Slopes[i].Contiguous().ToArray<float>();
            var off = Norm(own.Zip(theirs[i + 1], (a, b) => a - b));
            off.ShouldBeLessThan(1e-5 * Norm(theirs[i + 1]) + 1e-9, $"parameter {i}, {what}");
        }
    });

    // The inner gradient by autograd, one sample after the other.
    private static double[][] Theirs(Lanes lanes, TitansCohort cohort, Pairs told)
    {
        var input = JsonSerializer.Serialize(new
        {
            p = cohort.Trained.Select(p => new
            {
                shape = p.Shape[1..].ToArray(), values = p.Detach().ToArray<float>(),
            }),
            x = told.Tokens.ToArray<float>(), q = told.Questions.ToArray<float>(),
            y = told.Values.ToArray<float>(), asked = told.Asked.ToArray<long>(),
            layers = lanes.Size("memory_layers"), chunk = lanes.Size("chunk"),
            loss = lanes[0].Text("inner_loss"), order = lanes[0].Text("second_order"),
            silu = lanes.Flag("silu"), unit = lanes.Flag("normalise"),
            data = lanes[0].Text("coefficients") == "data",
            up = ((Flag)lanes[0]["ascend"]).Value ? -1 : 1,
        });
        return PyTorch.Run<double[][]>($"q = json.loads('''{input}''')\n{Script}");
    }

    private const string Script = """
        torch.set_default_dtype(torch.float64)
        B, T, L = 3, 3, q['layers']
        P = [torch.tensor(w['values'], dtype=torch.float64).view(w['shape']).requires_grad_()
             for w in q['p']]
        key, value, query, out = P[:4]
        start = P[4:4 + L]
        X = torch.tensor(q['x'], dtype=torch.float64).view(B, T, -1)
        Q = torch.tensor(q['q'], dtype=torch.float64).view(B, T, -1)
        Y = torch.tensor(q['y'], dtype=torch.float64).view(B, T, -1)
        def mapped(x, w):
            y = x @ w
            return torch.nn.functional.silu(y) if q['silu'] else y
        def unit(x): return x / (x.norm(dim=-1, keepdim=True) + 1e-12) if q['unit'] else x
        def net(M, x):
            z = x
            for l, m in enumerate(M):
                z = (torch.nn.functional.silu(z) if l else z) @ m
            return z if L == 1 else x + z
        def inner(y, v):
            e = (y - v).abs() if q['loss'].startswith('l1') else (y - v)**2
            return e.mean() if q['loss'].endswith('mean') else e.sum()
        def rates(x):
            if q['data']: return (x @ P[4 + L] + P[5 + L][0]).sigmoid()
            return torch.tensor([.5, .12, .018])
        total = 0
        for b in range(B):
            M, S = list(start), [0.0] * L
            for t in range(T):
                k, v = unit(mapped(X[b, t], key)), mapped(X[b, t], value)
                if t % q['chunk'] == 0: base = [m * 1 for m in M]
                g = torch.autograd.grad(inner(net(base, k), v), base, create_graph=True)
                if q['order'] == 'first_order': g = [s.detach() for s in g]
                theta, eta, alpha = rates(X[b, t])
                S = [eta * s - q['up'] * theta * d for s, d in zip(S, g)]
                M = [(1 - alpha) * m + s for m, s in zip(M, S)]
            i = q['asked'][b]
            y = net(M, unit(mapped(Q[b, i], query))) @ out
            total = total + ((y - Y[b, i])**2).mean() / B
        total.backward()
        none = lambda w: [0.0] * w.numel()
        print(json.dumps([[total.item()]] + [
            w.grad.flatten().tolist() if w.grad is not None else none(w) for w in P]))
        """;

    private static SurpriseMemory Memory(Tensor weights) =>
        new([weights], [Tensor.Zeros([1, 2, 2], DType.Float64)]);

    private static Coefficients Rates(double eta) => new(One(.1), One(eta), One(.8));

    private static Tensor One(double value) => Tensor.Full([1, 1, 1], value, DType.Float64);

    private static Tensor[] Leaves(int layers) => [.. Enumerable.Range(0, layers).Select(l =>
        Matrix(.5 + .1 * l, .3, -.4, .2 * l - .6).RequireGrad())];

    // The papers' matrices are [out, in], ours [in, out].
    private static Tensor Matrix(params double[] rows) =>
        Tensor.From(rows, [1, 2, 2]).Transpose(1, 2).Contiguous();

    private static Tensor Row(params double[] values) => Tensor.From(values, [1, 1, 2]);

    private static Tensor Rows(params double[] values) => Tensor.From(values, [1, 2, 2]);

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(v => v * v));

    private static void ShouldBe(Tensor actual, params double[] rows) =>
        ShouldBeRow(actual.Transpose(1, 2), rows);

    private static void ShouldBeRow(Tensor actual, params double[] expected)
    {
        var values = actual.Detach().Contiguous().ToArray<double>();
        for (var i = 0; i < expected.Length; i++) values[i].ShouldBe(expected[i], 1e-9);
    }
}
