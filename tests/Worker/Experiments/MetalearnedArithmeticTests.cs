using System.Text.Json;
using Mneme.Specs;
using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Mneme.Worker.Memories;
using Mneme.Worker.Nets;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>The memory's write against the description's fixture, a whole episode against PyTorch.
/// </summary>
public sealed class MetalearnedArithmeticTests
{
    private static readonly MetalearnedMemory Family = new();

    [Theory]
    [InlineData("tanh", new[] { .141329, -.210129 }, .106335, .162189,
        new[] { .232426, .017574, .472459, .277541 }, new[] { .789897, .081018, .572239, .972144 },
        new[] { .300713, .413007, -.481394, .189488 })]
    [InlineData("sigmoid", new[] { .406760, -.128398 }, .073391, .033121,
        new[] { .210411, .039589, .131088, .618912 },
        new[] { .740705, -.167151, .369217, .915692 },
        new[] { .230935, .431940, -.523289, .072703 })]
    public void A_write_moves_every_layer_to_its_target_as_the_fixture_says(
        string squash, double[] output, double before, double after,
        params double[][] written)
    {
        using var scope = new TensorScope();
        var memory = new NeuralMemory(
            [Matrix(.5, -.25, .25, .5), Matrix(1, 0, .5, 1), Matrix(.2, .4, -.4, .2)],
            Squash.Named(squash));
        var (key, value) = (Row(1, -1), Row(.5, -.5));
        var rate = Tensor.Full([1, 1, 1], .5, DType.Float64);

        var z = memory.Activations(key);
        var now = memory.Write(z, [Row(.1, .2), Row(-.1, .3), Row(.5, -.5)], [rate, rate, rate]);

        ShouldBe(z[^1], output);
        Error(z[^1], value).ShouldBe(before, 1e-6);
        Error(now.Read(key), value).ShouldBe(after, 1e-6);
        for (var l = 0; l < 3; l++) ShouldBe(now.Weights[l].Transpose(1, 2), written[l]);
    }

    [Theory, InlineData("tanh"), InlineData("sigmoid")]
    public void The_gradient_rule_steps_down_what_autograd_finds(string squash)
    {
        using var scope = new TensorScope();
        var leaves = new[]
        {
            Matrix(.5, -.25, .25, .5), Matrix(1, 0, .5, 1), Matrix(.2, .4, -.4, .2),
        };
        foreach (var leaf in leaves) leaf.RequireGrad();
        var memory = new NeuralMemory(leaves, Squash.Named(squash));
        var (key, value) = (Row(1, -1), Row(.5, -.5));
        var rate = Tensor.Full([1, 1, 1], .3, DType.Float64);

        var z = memory.Activations(key);
        var slopes = Autograd.Grad((z[^1] - value).Square().Sum(), leaves);
        var now = memory.Descend(memory.Activations(key), value, [rate, rate, rate]);

        for (var l = 0; l < 3; l++)
            ShouldBe(now.Weights[l].Detach(), (leaves[l] - slopes[l] * .3).Detach()
                .Contiguous().ToArray<double>(), 1e-12);
    }

    public static TheoryData<string, (string, SettingValue)[]> Variants => new()
    {
        { "as published", [] },
        { "sigmoid", [("activation", new Text("sigmoid")), ("scale", new Text("1/h"))] },
        { "wide", [("write_rate", new Text("layer")), ("read", new Text("concat")),
            ("final_step", new Flag(true)), ("carry", new Text("all"))] },
        { "learned", [("learn_scale", new Flag(true)), ("train_start", new Flag(true))] },
        { "gradient", [("rule", new Text("gradient")), ("scale", new Text("none"))] },
        { "a new name", [("task", new Text("rename"))] },
        { "pairs", [("task", new Text("assoc_recall")), ("reconstruction", new Text("last"))] },
    };

    [PyTorchTheory, MemberData(nameof(Variants))]
    public void Loss_and_gradients_of_an_episode_are_PyTorchs(
        string what, (string, SettingValue)[] settings) => TrainingThread.Run(() =>
    {
        var lanes = new Lanes([Bench.Lane(Family, 3,
        [
            ("hidden_size", new Integer(5)), ("heads", new Integer(2)),
            ("batch_size", new Integer(3)), ("names", new Integer(4)), .. settings,
        ])], Device.Cpu);
        using var cohort = new MetalearnedCohort(lanes);
        var lesson = cohort.Study(cohort.EpisodeAt(7));
        var theirs = Theirs(lanes, cohort, lesson.Episode);

        lesson.Loss.Mean().Item().ShouldBe(theirs["loss"][0], 1e-5 * theirs["loss"][0], what);
        foreach (var (parameter, slope) in cohort.Parameters.Zip(lesson.Slopes))
        {
            var name = NameOf(parameter, cohort);
            var (own, their) = (slope.Contiguous().ToArray<float>(), theirs[name]);
            var off = Norm(own.Zip(their, (a, b) => a - b));
            off.ShouldBeLessThan(1e-5 * Norm(their) + 1e-9, $"{name}, {what}");
        }
    });

    // All start at random: equal values are the same parameter.
    private static string NameOf(Tensor parameter, MetalearnedCohort cohort)
    {
        var bytes = parameter.Detach().ToBytes();
        return cohort.State.Save().First(array => array.Bytes.Span.SequenceEqual(bytes)).Name;
    }

    private static Dictionary<string, double[]> Theirs(
        Lanes lanes, MetalearnedCohort cohort, Episode episode)
    {
        var kind = EpisodeKind.Of(lanes);
        var weights = cohort.State.Save()
            .IntersectBy(cohort.Parameters.Select(p => NameOf(p, cohort)).Concat(
                ["start1", "start2", "start3"]), array => array.Name)
            .ToDictionary(array => array.Name, array => new
            {
                shape = array.Shape.Skip(1).ToArray(),
                values = array.As<float>().ToArray(),
            });
        var input = JsonSerializer.Serialize(new
        {
            weights, x = episode.Inputs.ToArray<float>(), y = episode.Target.ToArray<long>(),
            times = kind.Times, width = kind.Width, turns = kind.Turns, d = 5, H = 2, B = 3,
            act = lanes[0].Text("activation"), carry = lanes[0].Text("carry"),
            rule = lanes[0].Text("rule"), read = lanes[0].Text("read"),
            last = lanes[0].Text("reconstruction") == "last", final = lanes.Flag("final_step"),
            scale = new Dictionary<string, double>
            {
                ["2/hd"] = .2, ["1/hd"] = .1, ["1/h"] = .5, ["none"] = 1,
            }[lanes[0].Text("scale")],
        });
        return PyTorch.Run<Dictionary<string, double[]>>($"q = json.loads('''{input}''')\n{Net}");
    }

    // Column vectors and matrices [out, in], one sample after the other, as the papers write it.
    private const string Net = """
        torch.set_default_dtype(torch.float64)
        p = {n: torch.tensor(w['values'], dtype=torch.float64).view(w['shape']).requires_grad_()
             for n, w in q['weights'].items()}
        d, H, B, T = q['d'], q['H'], q['B'], q['times']
        act = dict(tanh=torch.tanh, sigmoid=torch.sigmoid)[q['act']]
        X = torch.tensor(q['x'], dtype=torch.float64).view(B, T, q['width'])
        def lin(n, v): return p[n + '/weight'].t() @ v + p[n + '/bias'][0]
        def net(M, k): return M[2] @ act(M[1] @ act(M[0] @ k))
        def write(M, k, v, rate):
            if q['rule'] == 'gradient':
                M = [m * 1 for m in M]   # k and v came from M too, by the last read
                e = sum(((net(M, k[i]) - v[i])**2).sum() for i in range(H))
                g = torch.autograd.grad(e, M, create_graph=True)
                return [m - r * s for m, r, s in zip(M, rate, g)]
            new = list(M)
            for i in range(H):
                z = [k[i]]
                z += [act(M[0] @ z[0])]
                z += [act(M[1] @ z[1])]
                z += [M[2] @ z[2]]
                target = lin('feedback', v[i]).split(d)
                for l in range(3):
                    new[l] = new[l] - rate[l] * torch.outer(z[l+1] - target[l], z[l])
            return new
        def start(): return [p[f'start{l}'].t() for l in (1, 2, 3)]
        scale = p['log_scale'].exp() if 'log_scale' in p else torch.full((3,), q['scale'])
        total = 0
        for b in range(B):
            wide = d * H if q['read'] == 'concat' else d
            h, c, r, M, errors = torch.zeros(d), torch.zeros(d), torch.zeros(wide), start(), []
            for t in range(T + (1 if q['final'] else 0)):
                if t in q['turns']:
                    if q['carry'] != 'all':
                        h, c, r = torch.zeros(d), torch.zeros(d), torch.zeros(wide)
                    if q['carry'] == 'none': M = start()
                x = X[b, t] @ p['embedding'] if t < T else torch.zeros(d)
                gates = lin('controller', torch.cat([x, r, h])) + p['controller/bias2'][0]
                i, f, g, o = gates.split(d)
                c = f.sigmoid() * c + i.sigmoid() * g.tanh()
                h = o.sigmoid() * c.tanh()
                u = lin('interaction', h).tanh()
                beta = lin('write_rate', u[:d]).sigmoid().expand(3)
                k, v, look = u[d:].view(H, 3 * d).split(d, 1)
                M = write(M, k, v, beta * scale)
                errors.append(torch.stack(
                    [((net(M, k[i]) - v[i])**2).mean() for i in range(H)]).mean())
                found = [net(M, look[i]) for i in range(H)]
                r = torch.cat(found) if q['read'] == 'concat' else sum(found) / H
            logits = lin('classifier', lin('read_out', torch.cat([h, r])))
            ce = torch.nn.functional.cross_entropy(logits[None], torch.tensor([q['y'][b]]))
            total = total + (ce + (errors[-1] if q['last'] else sum(errors) / len(errors))) / B
        total.backward()
        found = {n: w.grad.flatten().tolist() for n, w in p.items() if w.grad is not None}
        print(json.dumps(dict(found, loss=[total.item()])))
        """;

    private static Tensor Matrix(params double[] rows) =>
        Tensor.From(rows, [1, 2, 2]).Transpose(1, 2).Contiguous();

    private static Tensor Row(params double[] values) => Tensor.From(values, [1, 1, values.Length]);

    private static double Error(Tensor found, Tensor value) =>
        (found - value).Square().Mean().Item();

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(v => v * v));

    private static void ShouldBe(Tensor actual, double[] expected, double tolerance = 1e-6)
    {
        var values = actual.Contiguous().ToArray<double>();
        for (var i = 0; i < expected.Length; i++) values[i].ShouldBe(expected[i], tolerance);
    }
}
