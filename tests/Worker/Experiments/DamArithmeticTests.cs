using Mneme.Specs;
using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>Losses and gradients of dam against its description.</summary>
public sealed class DamArithmeticTests
{
    // Length, sequences, memory, heads, batch.
    public static TheoryData<string, int[], (string, SettingValue)[]> Cases => new()
    {
        { "small", [5, 4, 9, 2, 3], [] },
        { "one head", [7, 6, 20, 1, 5], [] },
        { "a batch of one", [4, 9, 5, 3, 1], [] },
        { "two bits", [2, 3, 7, 2, 4], [] },
        { "a memory of one batch", [6, 5, 8, 2, 8], [] },
        { "one sequence", [6, 1, 10, 2, 3], [] },
        { "sharp", [8, 6, 24, 3, 6], [("eta", new Real(100)), ("init_std", new Real(1))] },
        { "blunt", [6, 5, 15, 2, 4], [("eta", new Real(0))] },
        { "the first bit too", [5, 6, 11, 2, 3], [("include_n0", new Flag(true))] },
        { "zeros", [5, 4, 9, 2, 3], [("initial_memory", new Text("zeros"))] },
        { "zeros and the first bit", [6, 4, 12, 2, 3],
            [("initial_memory", new Text("zeros")), ("include_n0", new Flag(true))] },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Every_step_is_that_of_the_description(
        string what, int[] sizes, (string, SettingValue)[] settings)
    {
        using var trace = Trace(3, sizes, settings);
        for (var i = 0; i < 12; i++)
        {
            if (i == 5) trace.Switch("learn");
            if (i == 9) trace.Switch("learn", clear: false);
            var expected = DamSolution.Of(trace.Problem());
            ShouldAgree(trace.Step(), expected, 1e-5, $"{what}, step {i}");
        }
    }

    [PyTorchFact]
    public void Losses_and_gradients_are_those_of_PyTorch()
    {
        foreach (var (seed, sizes, includesFirst) in new (uint, int[], bool)[]
            { (1, [6, 7, 20, 3, 4], false), (2, [12, 16, 64, 8, 16], true) })
        {
            using var trace = Trace(seed, sizes, ("include_n0", new Flag(includesFirst)));
            for (var i = 0; i < 4; i++) trace.Step();
            var problem = trace.Problem();
            ShouldAgree(trace.Step(), Ask(problem), 1e-5, $"seed {seed}");
        }
    }

    [Fact]
    public void The_fixture_has_the_losses_of_the_description()
    {
        using var scope = new TensorScope();
        var net = Net([0, 0, 0, 0, 0, 0, 0, MathF.Log(3), 9], [0, 0, MathF.Log(2)], eta: 2);
        float[][] memory = [[1, 1, -1], [1, -1, 1], [-1, -1, 1]];
        var part = Retrieve(net, memory, [1, 1, 1], [1, -1, 1]);

        var loss = part.Loss.ToArray<float>();
        loss[0].ShouldBe(.238183f, 1e-6f);
        loss[1].ShouldBe(.483943f, 1e-6f);
        loss.Average().ShouldBe(.361063f, 1e-6f);
        part.Hit.ToArray<bool>().ShouldBe([true, true]);
    }

    [Fact]
    public void A_count_stands_for_as_many_entries()
    {
        using var scope = new TensorScope();
        var net = Net([0, 0, 0, 0, 0, 0, .3f, -1, 0], [.2f, 0, 1], eta: 3);
        float[] a = [1, 1, -1], b = [-1, 1, 1], c = [1, -1, 1];
        var counted = Retrieve(net, [a, b, c], [3, 0, 2], [1, 1, -1]).Loss.ToArray<float>();
        var listed = Retrieve(net, [c, a, a, c, a], [1, 1, 1, 1, 1], [1, 1, -1]);

        foreach (var (one, other) in counted.Zip(listed.Loss.ToArray<float>()))
            one.ShouldBe(other, 1e-6f);
    }

    [Fact]
    public void One_stored_sequence_is_recalled_up_to_the_clamp_which_stops_the_gradient()
    {
        using var scope = new TensorScope();
        var net = Net(new float[9], [0, 1, 0], eta: 10);
        var part = Retrieve(net, [[1, 1, -1]], [1], [1, -1, -1]);

        part.Loss.ToArray<float>()[0].ShouldBe(-MathF.Log(1e-6f));      // wrong, and sure of it
        part.Loss.ToArray<float>()[1].ShouldBe(1e-6f, 1e-7f);
        part.Clamped.ToArray<bool>().ShouldAllBe(cut => cut);
        part.KeySlope!.ToArray<float>().ShouldAllBe(slope => slope == 0);
    }

    [Fact]
    public void A_chance_of_one_half_predicts_minus_one()
    {
        using var scope = new TensorScope();
        var net = Net(new float[9], [0, 0, 0], eta: 0);
        float[][] memory = [[1, 1, 1], [1, -1, -1]];

        Retrieve(net, memory, [1, 1], [1, 1, -1]).Hit.ToArray<bool>().ShouldBe([false, true]);
    }

    // One head, one lane, three bits.
    private static DamNet Net(float[] a, float[] b, double eta)
    {
        var lanes = new Lanes([Bench.Lane(new Dam(), 0, Sizes([3, 1, 1, 1, 1],
            ("eta", new Real(eta))))], Device.Cpu);
        var state = new LaneState(1);
        var net = new DamNet(lanes, state);
        state.Set("A_logits", a);
        state.Set("B_logits", b);
        return net;
    }

    private static DamPart Retrieve(
        DamNet net, float[][] memory, float[] counts, float[] sequence)
    {
        var (count, rows) = (memory.Length, Tensor.From(sequence, [1, 1, 3]));
        var bits = Tensor.From<float>([.. memory.SelectMany(row => row)], [1, count, 3])
            .Transpose(1, 2).Contiguous();
        var question = new DamQuestion(
            net.Queries(rows).Detach(), net.Keys(bits, 0).Detach(),
            Tensor.From(counts, [1, 1, count]).Log(),
            Tensor.Stack(-1, bits.Gt(0.0), bits.Lt(0.0)).To(DType.Float32).Narrow(1, 1, 2),
            rows.Gt(0.0).Transpose(1, 2).Narrow(1, 1, 2), Tensor.From([0L], [1, 1]),
            Tensor.Full([1, 1, 1], .5));
        return new DamRetrieval(new BitReading(), 2, 1000).Retrieve(question, learns: true);
    }

    private static DamTrace Trace(
        uint seed, int[] sizes, params (string, SettingValue)[] settings) =>
        new(seed, Sizes(sizes, settings));

    internal static (string, SettingValue)[] Sizes(
        int[] sizes, params (string, SettingValue)[] settings) =>
    [
        ("sequence_length", new Integer(sizes[0])), ("sequences", new Integer(sizes[1])),
        ("memory_size", new Integer(sizes[2])), ("heads", new Integer(sizes[3])),
        ("batch_size", new Integer(sizes[4])), .. settings,
    ];

    private static void ShouldAgree(
        DamSolution actual, DamSolution expected, double tolerance, string what)
    {
        actual.Loss.ShouldBe(expected.Loss, tolerance * expected.Loss + 1e-7, what);
        actual.Accuracy.ShouldBe(expected.Accuracy, 1e-6, what);
        var (slopes, wanted) = (actual.A.Concat(actual.B), expected.A.Concat(expected.B).ToList());
        // Where all is recalled, a gradient is what is left of the difference of two ones.
        const double rest = 5e-8;
        var greatest = wanted.Max(Math.Abs);
        foreach (var (slope, other) in slopes.Zip(wanted))
            slope.ShouldBe(other, tolerance * greatest + rest, what);
    }

    private static DamSolution Ask(DamProblem p)
    {
        var found = PyTorch.Run<double[][]>($$"""
            def tensor(flat, *shape): return torch.tensor(flat, dtype=torch.float64).view(shape)
            a = tensor({{Flat(p.A.SelectMany(n => n))}}, {{p.Length}}, {{p.Heads}}, {{p.Length}})
            b = tensor({{Flat(p.B)}}, {{p.Heads}}, {{p.Length}})
            memory = tensor({{Flat(p.Memory)}}, -1, {{p.Length}})
            batch = tensor({{Flat(p.Batch)}}, -1, {{p.Length}})
            a.requires_grad_(), b.requires_grad_()
            phi = memory @ b.softmax(1).T
            losses, hits = [], []
            for n in range({{(p.IncludeFirst ? 0 : 1)}}, {{p.Length}}):
                hat = batch[:, :n] @ a[n, :, :n].softmax(1).T
                pi = ({{p.Eta}} * hat @ phi.T).softmax(1)
                chance = (pi @ (memory[:, n] > 0).double()).clamp(1e-6, 1 - 1e-6)
                ahead = batch[:, n] > 0
                losses.append(torch.nn.functional.binary_cross_entropy(chance, ahead.double()))
                hits.append(((chance > .5) == ahead).double().mean())
            loss = torch.stack(losses).mean()
            loss.backward()
            print(json.dumps([[loss.item(), torch.stack(hits).mean().item()],
                a.grad.flatten().tolist(), b.grad.flatten().tolist()]))
            """);
        return new DamSolution(found[0][0], found[0][1], found[1], found[2]);
    }

    private static string Flat(IEnumerable<double[]> rows) =>
        DamProblem.Text(rows.SelectMany(row => row));
}
