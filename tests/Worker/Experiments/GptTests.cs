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

/// <summary>A GPT-2 of random weights against PyTorch, and what a memory must not change.</summary>
public sealed class GptTests
{
    private static readonly Gpt2Knn Family = new();
    private static readonly GptShape Shape = new(2, 2, 16, 32, 19);

    // GPT-2 as PyTorch has it, with matrices [in, out]; p is a dict of parameters.
    private const string Net = """
        import torch.nn.functional as F
        def logits(p, tokens, L, H):
            B, T = tokens.shape
            C = p['wte.weight'].shape[1]
            x = p['wte.weight'][tokens] + p['wpe.weight'][:T]
            lin = lambda n, x: x @ p[n + '.weight'] + p[n + '.bias']
            norm = lambda n, x: F.layer_norm(x, (C,), p[n + '.weight'], p[n + '.bias'])
            for i in range(L):
                h = f'h.{i}.'
                q, k, v = [z.view(B, T, H, C // H).transpose(1, 2)
                           for z in lin(h + 'attn.c_attn', norm(h + 'ln_1', x)).split(C, 2)]
                a = q @ k.transpose(2, 3) / math.sqrt(C // H)
                a = a.masked_fill(torch.ones(T, T).tril() == 0, -math.inf).softmax(-1)
                y = (a @ v).transpose(1, 2).reshape(B, T, C)
                x = x + lin(h + 'attn.c_proj', y)
                y = lin(h + 'mlp.c_fc', norm(h + 'ln_2', x))
                y = .5 * y * (1 + torch.tanh(math.sqrt(2 / math.pi) * (y + .044715 * y**3)))
                x = x + lin(h + 'mlp.c_proj', y)
            return norm('ln_f', x) @ p['wte.weight'].T
        """;

    [PyTorchFact]
    public void Logits_of_random_weights_are_PyTorchs_to_a_ten_thousandth() =>
        TrainingThread.Run(() =>
    {
        var weights = Drawn(spread: .3f);
        var theirs = PyTorch.Run<double[]>($$"""
            torch.set_default_dtype(torch.float64)
            {{Net}}
            p = {n: torch.tensor(w['values'], dtype=torch.float64).view(w['shape'])
                 for n, w in json.loads('''{{Json(weights)}}''').items()}
            t = torch.tensor({{JsonSerializer.Serialize(Text)}}).view(2, -1)
            print(json.dumps(logits(p, t, 2, 2).flatten().tolist()))
            """);

        var own = new Gpt(Shape, weights).Logits(Tokens()).Contiguous().ToArray<float>();

        own.Length.ShouldBe(theirs.Length);
        for (var i = 0; i < own.Length; i++) own[i].ShouldBe((float)theirs[i], 1e-4f);
    });

    [PyTorchFact]
    public void Gradients_of_a_training_step_are_PyTorchs() => TrainingThread.Run(() =>
    {
        var lanes = new Lanes([Bench.Lane(Family, 3, [.. Tiny, ("batch_size", new Integer(2))])],
            Device.Cpu);
        using var cohort = new Gpt2KnnCohort(lanes);
        var window = new FactTexts(lanes).At(5);
        var weights = cohort.Names.Zip(cohort.Weights).ToDictionary(p => p.First, p => p.Second);
        var lesson = cohort.Study(5);
        var theirs = PyTorch.Run<Dictionary<string, double[]>>($$"""
            torch.set_default_dtype(torch.float64)
            {{Net}}
            p = {n: torch.tensor(w['values'], dtype=torch.float64).view(w['shape']).requires_grad_()
                 for n, w in json.loads('''{{Json(weights)}}''').items()}
            t = torch.tensor({{Longs(window.Tokens)}}).view(2, -1)
            y = torch.tensor({{Longs(window.Next)}})
            w = torch.tensor({{Floats(window.Weight)}})
            ce = F.cross_entropy(logits(p, t, 2, 2).flatten(0, 1), y, reduction='none')
            ((ce * w).sum() / w.sum()).backward()
            print(json.dumps({n: t.grad.flatten().tolist() for n, t in p.items()}))
            """);

        foreach (var (name, slope) in cohort.Names.Zip(lesson.Slopes))
        {
            var own = slope.Contiguous().ToArray<float>();
            var off = Norm(own.Zip(theirs[name], (a, b) => a - b));
            off.ShouldBeLessThan(1e-5 * Norm(theirs[name]) + 1e-8, name);
        }
    });

    [Fact]
    public void A_memory_of_the_contexts_own_rows_changes_nothing()
    {
        using var scope = new TensorScope();
        using var still = Autograd.NoGrad();
        var gpt = new Gpt(Shape, Drawn(.3f));
        var recall = new NeighbourRecall(0, 1e9, 1000, 0, 1, WithOwn: false);   // replace
        var plain = gpt.Logits(Tokens()).ToArray<float>();

        var own = gpt.Logits(Tokens(), (_, heads) => recall.Mix(
            heads, new StoredAttention(heads.Key, heads.Value)).Value).ToArray<float>();

        for (var i = 0; i < own.Length; i++) own[i].ShouldBe(plain[i], 1e-6f);
    }

    [Fact]
    public void A_very_sharp_ranking_is_the_best_match_alone()
    {
        using var scope = new TensorScope();
        using var still = Autograd.NoGrad();
        var gpt = new Gpt(Shape, Drawn(.3f));
        StoredAttention? stored = null;
        _ = gpt.Logits(Tokens(), (layer, own) =>
        {
            if (layer == 1) stored = new StoredAttention(own.Key, own.Value).Without(1);
            return own.Value;
        });
        var sharp = new NeighbourRecall(0, 1e9, 1e6, .1, 4, WithOwn: false);

        _ = gpt.Logits(Tokens(), (layer, own) =>
        {
            if (layer != 1) return own.Value;
            var weights = sharp.Mix(own, stored!).Weights!;
            weights.Max(-1).ToArray<float>().ShouldAllBe(most => most > .999f);
            return own.Value;
        });
    }

    private static (string, SettingValue)[] Tiny =>
    [
        ("layers", new Integer(2)), ("heads", new Integer(2)), ("width", new Integer(12)),
        ("subjects", new Integer(8)), ("objects", new Integer(8)),
    ];

    private static long[] Text => [.. Enumerable.Range(0, 14).Select(i => (long)(i * 5 % 19))];

    private static Tensor Tokens() => Tensor.From(Text, [1, 2, 7]);

    private static Dictionary<string, Tensor> Drawn(float spread) =>
        Shape.Parameters().Select((p, i) => (p, i)).ToDictionary(e => e.p.Name, e =>
        {
            var values = new float[e.p.Shape.Aggregate(1L, (a, b) => a * b)];
            new Mneme.Random.RandomStream(9, (uint)e.i).FillNormal(0, values);
            foreach (ref var value in values.AsSpan()) value *= spread;
            return Tensor.From(values, [1, .. e.p.Shape]);
        });

    private static string Json(Dictionary<string, Tensor> weights) =>
        JsonSerializer.Serialize(weights.ToDictionary(p => p.Key, p => new
        {
            shape = p.Value.Shape[1..].ToArray(), values = p.Value.Detach().ToArray<float>(),
        }));

    private static string Longs(Tensor tensor) =>
        JsonSerializer.Serialize(tensor.Contiguous().ToArray<long>());

    private static string Floats(Tensor tensor) =>
        JsonSerializer.Serialize(tensor.Contiguous().ToArray<float>());

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(v => v * v));
}
