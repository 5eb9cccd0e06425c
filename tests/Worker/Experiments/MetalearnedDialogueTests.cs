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

/// <summary>The source's dialogue: against PyTorch, what remembers the name, and what its lanes
/// promise.</summary>
public sealed class MetalearnedDialogueTests
{
    private static readonly MetalearnedDialogue Family = new();

    // The whole net in double precision; p is a dict of parameters, c the contexts, t the turns.
    private const string Net = """
        import torch.nn.functional as F
        lin = lambda n, x: x @ p[n + '/weight'] + p[n + '/bias']
        own = lambda n, x: x @ p[n] + p[n + '/bias']
        def norm(n, x):
            y = (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-6)
            return p[n + '/weight'] * y + p[n + '/bias']
        def attend(n, a, b, causal):
            B, T, d = a.shape
            q, k, v = [own(f'{n}/{m}', z).view(B, z.shape[1], H, d // H).transpose(1, 2)
                       for m, z in (('query', a), ('key', b), ('value', b))]
            s = q @ k.transpose(2, 3) / math.sqrt(d // H)
            if causal: s = s.masked_fill(torch.ones(T, T).tril() == 0, -math.inf)
            return own(f'{n}/output', (s.softmax(-1) @ v).transpose(1, 2).reshape(B, T, d))
        def stack(n, x, other, causal=False):
            for l in range(L):
                m = f'{n}{l}'
                y = norm(m + '/self/norm', x)
                x = x + attend(m + '/self', y, y, causal)
                x = x + attend(m + '/cross', norm(m + '/cross/norm', x), other, False)
                y = own(m + '/wide', norm(m + '/wide/norm', x))
                x = x + own(m + '/narrow', F.leaky_relu(y))
            return norm(n + '/norm', x)
        words = lambda t: p['embedding'][t] + p['places'][:t.shape[1]]
        def step(x, s):
            h, cell, v, M = s
            g = lin('controller', torch.cat([x, v, h], 1)) + p['controller/bias2']
            i, f, a, o = g.chunk(4, 1)
            cell = f.sigmoid() * cell + i.sigmoid() * a.tanh()
            h = o.sigmoid() * cell.tanh()
            u = lin('interaction', h).tanh()
            d = h.shape[1]
            beta = lin('write_rate', u[:, :d]).sigmoid().view(-1, 1, 1)
            k, val, q = u[:, d:].view(-1, H, 3 * d).split(d, 2)
            def run(M, z):
                z1 = (z @ M[0]).sigmoid(); z2 = (z1 @ M[1]).sigmoid()
                return [z, z1, z2, z2 @ M[2]]
            z = run(M, k)
            target = lin('feedback', val).split(d, 2)
            M = [m - 2 / (H * d) * beta * z[l].transpose(1, 2) @ (z[l + 1] - target[l])
                 for l, m in enumerate(M)]
            missed = ((run(M, k)[3] - val) ** 2).mean((1, 2))
            v = run(M, q)[3].mean(1)
            return (h, cell, v, M), lin('read_out', torch.cat([h, v], 1)), missed
        """;

    // Two turns, there and back again; g holds weights, contexts and turns.
    private const string Turns = """
        H, L, B, d = 2, 2, 2, 6
        start = [p[f'start{l}'].detach().expand(B, d, d) for l in (1, 2, 3)]
        zero = torch.zeros(B, d)
        c = [torch.tensor(x, dtype=torch.float64).view(B, 1, d) for x in g['contexts']]
        x, s, loss, missed = c[0], (zero, zero, zero, start), 0, []
        def remember(x, s):
            s, o, m = step(x[:, 0], s)
            missed.append(m)
            return o.unsqueeze(1), s
        for i, (said, shifted, reply) in enumerate(g['turns']):
            if i and g['carry'] == 'memory': x = c[i]
            if i: s = (zero, zero, zero, s[3])
            x, s = remember(x, s)
            e = stack('reader', words(torch.tensor(said).view(B, -1)), x)
            x = stack('summary', x, e)
            y = own('head', stack('writer', words(torch.tensor(shifted).view(B, -1)), e, True))
            loss = loss + F.cross_entropy(y.flatten(0, 1), torch.tensor(reply))
            if g['steps'] == 'both': x, s = remember(x, s)
        (loss + 4 * torch.stack(missed).mean()).backward()
        out = {n: (torch.zeros_like(t) if t.grad is None else t.grad).flatten().tolist()
               for n, t in p.items()}
        out['loss'] = [loss.item()]
        print(json.dumps(out))
        """;

    [PyTorchTheory, InlineData("before", "all"), InlineData("both", "memory")]
    public void Loss_and_gradients_are_PyTorchs(string steps, string carry) =>
        TrainingThread.Run(() =>
    {
        var lanes = new Lanes([Lane(3, ("steps_of_memory", new Text(steps)),
            ("carry", new Text(carry)), ("hidden_size", new Integer(6)),
            ("batch_size", new Integer(2)))], Device.Cpu);
        using var cohort = new DialogueCohort(lanes);
        var lesson = cohort.Study(cohort.DialogueAt(4));
        var theirs = Theirs(cohort, lesson.Dialogue, steps, carry);

        lesson.Surprise.Item().ShouldBe(theirs["loss"][0], 1e-5);
        var scale = Norm(theirs.Values.SelectMany(values => values));
        foreach (var (name, slope) in NamesOf(cohort).Zip(lesson.Slopes))
            Norm(slope.Contiguous().ToArray<float>().Zip(theirs[name], (a, b) => a - b))
                .ShouldBeLessThan(1e-5 * Norm(theirs[name]) + 1e-7 * scale, name);
    });

    private static Dictionary<string, double[]> Theirs(
        DialogueCohort cohort, Dialogue dialogue, string steps, string carry)
    {
        var weights = cohort.State.Save()
            .Where(array => !array.Name.Contains("adam") && !array.Name.Contains("log"))
            .ToDictionary(array => array.Name, array => new
            {
                shape = array.Shape.Skip(1).ToArray(), values = array.As<float>().ToArray(),
            });
        var input = JsonSerializer.Serialize(new
        {
            weights, steps, carry,
            contexts = dialogue.Context.Select(c => c.Detach().ToArray<float>()),
            turns = dialogue.Turns.Select(turn => new[]
            {
                turn.Said.ToArray<long>(), turn.Shifted.ToArray<long>(), turn.Reply.ToArray<long>(),
            }),
        });
        return PyTorch.Run<Dictionary<string, double[]>>($$"""
            torch.set_default_dtype(torch.float64)
            g = json.loads('''{{input}}''')
            p = {n: torch.tensor(w['values'], dtype=torch.float64).view(w['shape']).requires_grad_()
                 for n, w in g['weights'].items()}
            {{Net}}
            {{Turns}}
            """);
    }

    [Theory]
    [InlineData("none", true), InlineData("memory", false)]
    public void What_carries_nothing_over_guesses_the_name(string carry, bool writes)
    {
        using var bench = Trained(250, ("carry", new Text(carry)), ("write", new Flag(writes)));

        bench.Measure("accuracy")[0].ShouldBeInRange(.67, .75);     // (1 + 1/8 + 1) / 3 = .708
        bench.Measure("first_turn_accuracy")[0].ShouldBe(1);
    }

    [Fact]
    public void The_context_vector_alone_remembers_the_name()
    {
        using var bench = Trained(600, ("carry", new Text("context")), ("write", new Flag(false)));

        bench.Measure("accuracy")[0].ShouldBeGreaterThan(.96);      // as published
    }

    [Theory, InlineData("before"), InlineData("both")]
    public void A_lane_equals_the_trial_run_alone(string steps) =>
        LaneProof.NeitherNeighboursNorOrderMatter(Family, 6, Varied(5, steps));

    [Fact]
    public void A_cohort_saved_and_loaded_goes_on_bit_for_bit() =>
        LaneProof.ASavedCohortGoesOn(Family, 10, Varied(3, "both"));

    [Fact]
    public void A_lane_driven_to_NaN_disturbs_nobody() => LaneProof.ADivergedLaneDisturbsNobody(
        Family, 15, Varied(2, "both"), Lane(9, ("steps_of_memory", new Text("both")),
            ("learning_rate", new Real(1e30)), ("clip", new Real(1e30))), "head");

    private static string[] NamesOf(DialogueCohort cohort) =>
    [
        "controller/bias2", .. cohort.Net.Weights.Names,
        .. new[] { "controller", "interaction", "write_rate", "read_out", "feedback" }
            .SelectMany(layer => new[] { $"{layer}/weight", $"{layer}/bias" }),
    ];

    private static Lane Lane(uint seed, params (string, SettingValue)[] settings) => Bench.Lane(
        Family, seed,
        [
            ("hidden_size", new Integer(8)), ("feed_forward", new Integer(7)),
            ("batch_size", new Integer(4)), .. settings,
        ]);

    // Lanes that differ in everything that may differ inside a cohort.
    internal static Lane[] Varied(int count, string steps) =>
        [.. Enumerable.Range(0, count).Select(k => Lane((uint)(k * 7 + 1),
            ("steps_of_memory", new Text(steps)), ("learning_rate", new Real(1e-3 * (1 + k))),
            ("clip", new Real(k % 2 == 0 ? 1 : .1)), ("reconstruction_weight", new Real(k)),
            ("carry", new Text(new[] { "all", "context", "memory", "none" }[k % 4])),
            ("scale", new Text(new[] { "2/hd", "1/h", "none" }[k % 3])),
            ("write", new Flag(k != 3))))];

    private static Bench Trained(int steps, params (string, SettingValue)[] settings) => new Bench(
        Family, Bench.Lane(Family, 1, [("steps_of_memory", new Text("both")), .. settings]))
        .Train(steps);

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(v => v * v));

    private static double Norm(IEnumerable<float> values) => Norm(values.Select(v => (double)v));
}
