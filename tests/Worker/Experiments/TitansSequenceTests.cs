using System.Text.Json;
using Mneme.Specs;
using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Cohorts;
using Mneme.Worker.Experiments;
using Mneme.Worker.Torch;
using Shouldly;
using Xunit;
using static Mneme.Specs.SettingValue;

namespace Mneme.Tests.Worker.Experiments;

/// <summary>Where a memory sits beside an attention: against PyTorch, what it must reach and must
/// not, and what its lanes promise.</summary>
public sealed class TitansSequenceTests
{
    private static readonly TitansSequence Family = new();

    public static TheoryData<string> Variants => ["memory", "mac", "mag", "mal", "attention"];

    public static TheoryData<string> WithMemory => ["memory", "mac", "mag", "mal"];

    // The block in double precision, its inner gradient by autograd; p is a dict of parameters.
    private const string Block = """
        import torch.nn.functional as F
        def block(p, tokens, variant, heads, seg, chunk, layers, kernel, writes):
            B, T = tokens.shape
            d = p['embedding'].shape[1]
            P = p['persistent'].expand(B, -1, -1)
            lin = lambda n, x: x @ p[n]
            norm = lambda n, x: F.layer_norm(x, (d,)) * p[n]
            unit = lambda x: x / ((x * x).sum(-1, keepdim=True).sqrt() + 1e-6)
            def mapped(n, x):
                y = F.pad(lin(n, x).transpose(1, 2), (kernel - 1, 0))
                w = p[n + '_convolution'].flip(0).t().unsqueeze(1)
                return F.conv1d(y, w, groups=d).transpose(1, 2)
            def attend(x, recalled=None):
                n = x.shape[1]
                parts = [P, x] if recalled is None else [P, recalled, x]
                s = torch.cat(parts, 1)
                q, k, v = [lin('attention_' + w, z).view(B, z.shape[1], heads, -1).transpose(1, 2)
                           for w, z in (('query', x), ('key', s), ('value', s))]
                bias = torch.full((heads, n, s.shape[1]), -math.inf)
                for t in range(n):
                    for c in range(P.shape[1]): bias[:, t, c] = 0
                    for u in range(max(0, t - seg + 1), t + 1):
                        bias[:, t, s.shape[1] - n + u] = 0
                        if recalled is not None: bias[:, t, P.shape[1] + u] = 0
                rel = torch.zeros(heads, n, s.shape[1])
                add = []
                for t in range(n):
                    row = [torch.zeros(heads)] * P.shape[1]
                    for name in ['recalled_distances'] * (len(parts) - 2) + ['distances']:
                        row += [p[name][:, t - u] if 0 <= t - u < seg else torch.zeros(heads)
                                for u in range(n)]
                    add.append(torch.stack(row, -1))
                a = (q @ k.transpose(2, 3) / math.sqrt(d // heads)
                     + bias + torch.stack(add, 1)).softmax(-1)
                return (a @ v).transpose(1, 2).reshape(B, n, d)
            def read(M, x):
                y = x
                for l in range(layers):
                    y = (F.silu(y) if l else y) @ M[l]
                return y if layers == 1 else x + y
            def scan(M, S, x):
                k, v, q = unit(mapped('key', x)), mapped('value', x), unit(mapped('query', x))
                r = torch.sigmoid(lin('gates', x) + p['gate_bias'])
                out = []
                for t in range(x.shape[1]):
                    if t % chunk == 0: start = [m * 1 for m in M]   # keys are no function of it
                    loss = ((read(start, k[:, t:t+1]) - v[:, t:t+1]) ** 2).sum()
                    g = torch.autograd.grad(loss, start, create_graph=True)
                    th, et, al = [r[:, t, i].view(-1, 1, 1) for i in range(3)]
                    S = [et * s - writes * th * gl for s, gl in zip(S, g)]
                    M = [(1 - writes * al) * m + s for m, s in zip(M, S)]
                    out.append(read(M, q[:, t:t+1]))
                return M, S, torch.cat(out, 1)
            begin = lambda: ([p[f'start{l}'].expand(B, -1, -1) * 1 for l in range(layers)],
                             [torch.zeros(B, d, d) for l in range(layers)])
            gated = lambda y, m: F.silu(norm('attention_norm', y)) * F.silu(norm('memory_norm', m))
            x = p['embedding'][tokens]
            if variant == 'attention': y = attend(x)
            elif variant == 'mag': y = gated(attend(x), scan(*begin(), x)[2])
            elif variant == 'mal':
                y = attend(scan(*begin(), torch.cat([P, x], 1))[2][:, P.shape[1]:])
            elif variant == 'memory': y = scan(*begin(), x)[2]
            else:
                (M, S), ys = begin(), []
                for a in range(0, T, seg):
                    s = x[:, a:a+seg]
                    z = s + attend(s, read(M, unit(mapped('query', s))))
                    M, S, m = scan(M, S, z)
                    ys.append(gated(z, m))
                y = torch.cat(ys, 1)
            return norm('final_norm', x + lin('output', y)) @ p['head']
        """;

    [PyTorchTheory, MemberData(nameof(Variants))]
    public void Gradients_are_PyTorchs_for_every_variant(string variant) =>
        TrainingThread.Run(() =>
    {
        foreach (var (task, layers) in new[] { ("needle", 1), ("sequence", 2) })
            GradientsShouldBePyTorchs(variant, task, layers);
    });

    [Theory, MemberData(nameof(WithMemory))]
    public void A_needle_that_no_attention_sees_is_found_by_every_memory(string variant)
    {
        using var bench = new Bench(Family, Bench.Lane(
            Family, 1, ("variant", new Text(variant)))).Train(400);

        bench.Measure("accuracy")[0].ShouldBeGreaterThan(.85);      // chance is 1/8
        bench.Measure("inner_after")[0].ShouldBeLessThan(bench.Measure("inner_before")[0]);
    }

    [Theory]
    [InlineData("memory", false), InlineData("mac", false), InlineData("mag", false)]
    [InlineData("mal", false), InlineData("attention", true)]
    public void Without_writes_it_stays_hidden(string variant, bool writes)
    {
        using var bench = new Bench(Family, Bench.Lane(Family, 1,
            ("variant", new Text(variant)), ("write", new Flag(writes)))).Train(250);

        bench.Measure("loss")[0].ShouldBeGreaterThan(2.04);         // ln 8 is 2.079
        bench.Measure("accuracy")[0].ShouldBeLessThan(.2);
    }

    [Fact]
    public void A_law_that_is_new_in_every_sample_is_learned_while_it_is_read()
    {
        using var bench = new Bench(Family, Bench.Lane(Family, 1, ("task", new Text("sequence")),
            ("symbols", new Integer(12)))).Train(250);

        bench.Measure("late_accuracy")[0].ShouldBeGreaterThan(
            1.5 * bench.Measure("early_accuracy")[0]);
    }

    [Theory, MemberData(nameof(Variants))]
    public void Nothing_looks_ahead(string variant)
    {
        using var scope = new TensorScope();
        var lanes = new Lanes([Lane(1, ("variant", new Text(variant)))], Device.Cpu);
        using var cohort = new TitansSequenceCohort(lanes);
        var tokens = cohort.WindowAt(0).Tokens;                     // [1, batch, 16]
        var before = cohort.Logits(tokens).Detach();
        var changed = tokens.ToArray<long>();
        for (var i = 11; i < changed.Length; i += 16) changed[i] = (changed[i] + 1) % 4;

        var after = cohort.Logits(Tensor.From(changed, tokens.Shape)).Detach();

        Floats(after.Narrow(2, 0, 11)).ShouldBe(Floats(before.Narrow(2, 0, 11)));
        Floats(after.Narrow(2, 11, 1)).ShouldNotBe(Floats(before.Narrow(2, 11, 1)));
    }

    [Theory]
    [InlineData("cut", true), InlineData("first_order", true), InlineData("full", false)]
    public void Keys_and_values_learn_only_through_the_whole_graph(string order, bool isZero)
    {
        using var bench = new Bench(
            Family, Lane(1, ("second_order", new Text(order)))).Train(1);

        (bench.Measure("gradient_key")[0] == 0).ShouldBe(isZero);
        (bench.Measure("gradient_value")[0] == 0).ShouldBe(isZero);
        bench.Measure("gradient_query")[0].ShouldBeGreaterThan(0);
    }

    [Theory, MemberData(nameof(Variants))]
    public void A_lane_equals_the_trial_run_alone(string variant) =>
        LaneProof.NeitherNeighboursNorOrderMatter(Family, 8, Varied(5, variant));

    [Theory, MemberData(nameof(Variants))]
    public void A_cohort_saved_and_loaded_goes_on_bit_for_bit(string variant) =>
        LaneProof.ASavedCohortGoesOn(Family, 12, Varied(3, variant));

    [Fact]
    public void A_lane_driven_to_NaN_disturbs_nobody() => LaneProof.ADivergedLaneDisturbsNobody(
        Family, 20, Varied(2, "mac"), Lane(9, ("variant", new Text("mac")),
            ("learning_rate", new Real(1e30)), ("clip", new Real(1e30))), "output");

    private static void GradientsShouldBePyTorchs(string variant, string task, int layers)
    {
        var lanes = new Lanes([Lane(3, ("variant", new Text(variant)), ("task", new Text(task)),
            ("memory_layers", new Integer(layers)), ("convolution", new Integer(3)))], Device.Cpu);
        using var cohort = new TitansSequenceCohort(lanes);
        var window = cohort.WindowAt(2);
        var lesson = cohort.Study(window);
        var weights = cohort.Names.Zip(cohort.Weights).ToDictionary(p => p.First, p => new
        {
            shape = p.Second.Shape[1..].ToArray(), values = Floats(p.Second.Detach()),
        });
        var theirs = PyTorch.Run<Dictionary<string, double[]>>($$"""
            torch.set_default_dtype(torch.float64)
            {{Block}}
            p = {n: torch.tensor(w['values'], dtype=torch.float64).view(w['shape']).requires_grad_()
                 for n, w in json.loads('''{{JsonSerializer.Serialize(weights)}}''').items()}
            t = torch.tensor({{Json(window.Tokens.ToArray<long>())}}).view(2, -1)
            y = torch.tensor({{Json(window.Next.ToArray<long>())}})
            w = torch.tensor({{Json(window.Weight.ToArray<float>())}})
            z = block(p, t, '{{variant}}', 2, 4, 3, {{layers}}, 3, 1)
            ce = F.cross_entropy(z.flatten(0, 1), y, reduction='none')
            ((ce * w).sum() / w.sum()).backward()
            print(json.dumps({n: (torch.zeros_like(t) if t.grad is None else t.grad)
                              .flatten().tolist() for n, t in p.items()}))
            """);

        var scale = Norm(theirs.Values.SelectMany(values => values));
        foreach (var (name, slope) in cohort.Names.Zip(lesson.Slopes))
            Norm(Floats(slope).Zip(theirs[name], (own, their) => own - their))
                .ShouldBeLessThan(1e-5 * Norm(theirs[name]) + 1e-7 * scale, $"{variant} {name}");
    }

    private static Lane Lane(uint seed, params (string, SettingValue)[] settings) => Bench.Lane(
        Family, seed,
        [
            ("length", new Integer(16)), ("segment", new Integer(4)), ("symbols", new Integer(4)),
            ("width", new Integer(6)), ("chunk", new Integer(3)), ("batch_size", new Integer(2)),
            .. settings,
        ]);

    // Lanes that differ in everything that may differ inside a cohort.
    internal static Lane[] Varied(int count, string variant) =>
        [.. Enumerable.Range(0, count).Select(k => Lane((uint)(k * 7 + 1),
            ("variant", new Text(variant)), ("task", new Text("sequence")),
            ("learning_rate", new Real(1e-3 * (1 + k))), ("clip", new Real(k % 2 == 0 ? 1 : .1)),
            ("noise", new Real(.1 * k)), ("theta", new Real(.1 + .1 * k)),
            ("eta", new Real(.5 - .1 * k)), ("alpha", new Real(.01 * (1 + k))),
            ("write", new Flag(k != 2))))];

    private static float[] Floats(Tensor tensor) => tensor.Contiguous().ToArray<float>();

    private static string Json<T>(T[] values) => JsonSerializer.Serialize(values);

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(v => v * v));
}
