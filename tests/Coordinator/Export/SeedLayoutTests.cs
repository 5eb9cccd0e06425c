using System.Globalization;
using Mneme.Tests.Coordinator.Cli;
using Mneme.Tests.Shared.Results;
using Mneme.Tests.Tidy;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Export;

/// <summary>Scripts for the published results find what they expect.</summary>
[Collection(TheProgram.Name)]
public sealed class SeedLayoutTests
{
    private const string Dam = """
        name: switching
        model: dam
        measure_every: 20
        seeds: 2
        settings: {sequence_length: 8, sequences: 6, memory_size: 20, heads: 3, batch_size: 4,
                   eta: 4, learning_rate: 3e-2}
        schedule:
          - {phase: a, steps: 40}
          - {phase: b, switch: redraw, steps: 60}
          - {phase: a again, switch: return, set: A, mode: none, steps: 20}
        """;

    private const string Transformer = """
        name: switching
        model: sequence-switch
        measure_every: 10
        seeds: 1
        settings: {sequences: 8, sequence_length: 6, heads: 2, features: 4, batch_size: 5,
                   eval_stride: 2, learning_rate: 1e-2, log_appearances: 10}
        schedule:
          - {phase: a, steps: 30}
          - {phase: b, switch: redraw, save: first, steps: 20}
        """;

    // The published model, written with PyTorch's own layers.
    private const string OneLayerAttention = """
        import torch; from torch import nn; F = nn.functional
        class OneLayerAttention(nn.Module):
            def __init__(self, L=6, d=8, heads=2):
                super().__init__()
                self.heads, self.wte, self.wpe = heads, nn.Embedding(2, d), nn.Embedding(L, d)
                self.pre_attn_ln, self.c_attn = nn.LayerNorm(d), nn.Linear(d, 3 * d)
                self.ln_f, self.lm_head = nn.LayerNorm(d), nn.Linear(d, 2)
                self.linear_modules = nn.ModuleList([nn.Linear(d, d) for _ in range(3)])
            def forward(self, x):
                B, T = x.shape
                e = self.wte(x) + self.wpe(torch.arange(T))
                q, k, v = (z.view(B, T, self.heads, -1).transpose(1, 2)
                           for z in self.c_attn(e).chunk(3, -1))
                a = (q @ k.transpose(-1, -2) / q.shape[-1] ** .5).masked_fill(
                    torch.ones(T, T).triu(1).bool(), -torch.inf).softmax(-1)
                y = self.ln_f((a @ v).transpose(1, 2).reshape(B, T, -1))
                y = F.relu(self.linear_modules[0](y))
                for module in self.linear_modules[1:]: y = F.relu(module(y)) + y
                return self.lm_head(y)

        """;

    // The published README's own lines, but for the folder.
    private const string Load = """
        import sys, numpy as np
        sys.path.insert(0, sys.argv[1]); import utils, os
        dir_name = sys.argv[2]; os.chdir(os.path.dirname(dir_name))
        dir_name = os.path.basename(dir_name)
        with open(f"{dir_name}/{dir_name}.pkl", "rb") as f:
            data = utils.CPU_Unpickler(f).load()
        with open(f"{dir_name}/{dir_name}_sequences.pkl", "rb") as f:
            sequences = utils.CPU_Unpickler(f).load()

        """;

    [Fact]
    public async Task A_trial_of_dam_loads_as_the_published_readme_says()
    {
        using var place = new Workplace();
        await RunIn(place, Dam);

        Python.Run(Load + """
            assert open(f"{dir_name}/{dir_name}_sequences.pkl", "rb").read() == \
                open(f"{dir_name}/{dir_name}_all_sequences.pkl", "rb").read()
            print(*sequences, [s.shape for s in sequences["sequences"]])
            print([set(start) for start in sequences["switch_start_iter"]])
            print(*data)
            print(*(log["phase"] + str(log["step"]) for log in data["logs"]))
            print(*((key, value.shape) for key, value in data["model_state_dict"].items()))
            """, Analysis, place.At("results/switching/trials/00001")).ShouldBe("""
            sequences switch_start_iter [(6, 8), (6, 8)]
            [{0}, {2}]
            args logs model_state_dict
            train0 train20 train40 train0 train20 train40 train60 eval0 eval20
            ('A_logits', (8, 3, 8)) ('B_logits', (3, 8)) ('memory_ring', (20,))
            """.Trim() + " ('memory_count', (1,)) ('memory_next', (1,))");
    }

    [Fact]
    public async Task What_is_exported_is_enough_to_compute_the_accuracy_of_a_set_again()
    {
        using var place = new Workplace();
        await RunIn(place, Dam);

        // The model as its document writes it, in double precision.
        var faults = Python.Run(Load + """
            state, S = data["model_state_dict"], [s.astype(float) for s in sequences["sequences"]]
            softmax = lambda x: np.exp(x - x.max(-1, keepdims=True)) / \
                np.exp(x - x.max(-1, keepdims=True)).sum(-1, keepdims=True)
            ring = state["memory_ring"][:state["memory_count"][0]]
            memory = np.stack([S[i // 6][i % 6] for i in ring])               # [m, N]
            phi = memory @ softmax(state["B_logits"].astype(float)).T         # [m, H]
            for number, zeta in enumerate(S):
                hits = []
                for n in range(1, 8):
                    A = softmax(state["A_logits"][n, :, :n].astype(float))    # [H, n]
                    pi = softmax(4 * (zeta[:, :n] @ A.T) @ phi.T)             # [B, m]
                    P = pi @ (memory[:, n] > 0)
                    hits.append((P > .5) == (zeta[:, n] > 0))
                print(np.mean(hits))
            """, Analysis, place.At("results/switching/trials/00001"));
        var measured = File.ReadAllLines(place.At("results/switching/trials/00001/metrics.csv"));
        var columns = measured[0].Split(',').ToList();
        var last = measured[^1].Split(',');

        var computed = faults.Split('\n').Select(line => Number(line)).ToList();
        computed[0].ShouldBe(Number(last[columns.IndexOf("set_accuracy.A")]), 1e-6);
        computed[1].ShouldBe(Number(last[columns.IndexOf("set_accuracy.B")]), 1e-6);
    }

    [Fact]
    public async Task The_first_trial_lies_beside_the_numbers_of_all_trials()
    {
        using var place = new Workplace();
        await RunIn(place, Dam);

        Python.Run(Load + """
            print(data["points"]["loss"].shape, data["phase"].tolist()[0], data["sets"])
            print(len(data["logs"]), data["args"]["seed"], len(sequences["sequences"]))
            """, Analysis, place.At("results/switching")).ShouldBe("""
            (2, 9) [0, 0, 0, 1, 1, 1, 1, 2, 2] ['A', 'B']
            9 0 2
            """.Trim());
    }

    [Fact]
    public async Task An_export_holds_lists_and_the_shapes_of_the_readme_when_asked_to()
    {
        using var place = new Workplace();
        await RunIn(place, Dam);
        (await place.Run("experiment", "export", "switching.yaml", "--to", "runs", "--lists",
            "--readme-shapes")).ShouldBeFine().Output.ShouldContain("2 trials: runs");

        Python.Run("""
            import pickle, sys
            class Plain(pickle.Unpickler):
                def find_class(self, module, name): raise AssertionError((module, name))
            for ending in ["", "_sequences"]:
                data = Plain(open(sys.argv[1] + ending + ".pkl", "rb")).load()
            print(data["switch_start_iter"], len(data["sequences"][1]), data["sequences"][1][0])
            """, place.At("runs/switching_00001/switching_00001"))
            .ShouldStartWith("[0, 2] 6 [");
        (await place.Run("experiment", "export", "switching.yaml", "--to", "runs", "--out", "no"))
            .Errors.ShouldContain("'switching' is not finished there. Run it to its end");
    }

    [Fact]
    public async Task The_figures_are_drawn_again_in_python()
    {
        using var place = new Workplace();
        await RunIn(place, Dam);

        var drawn = Python.Run(
            "import runpy, sys; sys.path.insert(0, sys.argv[1]);"
            + "path = sys.argv.pop(1); runpy.run_path(path + '/figures.py', run_name='__main__')",
            Analysis, place.At("results/switching"));

        drawn.Split('\n').Length.ShouldBe(4);
        foreach (var figure in drawn.Split('\n'))
            new FileInfo(figure).Length.ShouldBeGreaterThan(5_000, figure);
    }

    [Fact]
    public async Task The_figures_of_a_folder_without_switches_are_those_that_can_be_drawn()
    {
        using var place = new Workplace();
        await RunIn(place, Dam.Split("  - {phase: b,")[0]);

        Draw(place, "results/switching").Split('\n').Length.ShouldBe(3);
        Draw(place, "results/other").ShouldContain("other.pkl is not there: name the folder");
    }

    private static string Draw(Workplace place, string folder) => Python.Run("""
        import contextlib, runpy, sys
        sys.path.insert(0, sys.argv[1])
        path = sys.argv.pop(1)
        try:
            with contextlib.redirect_stderr(sys.stdout):
                runpy.run_path(path + "/figures.py", run_name="__main__")
        except SystemExit as end:
            assert end.code == 2
        """, Analysis, place.At(folder));

    [Fact]
    public async Task The_exported_transformer_runs_in_pytorch_and_scores_as_its_log_says()
    {
        using var place = new Workplace();
        await RunIn(place, Transformer);

        Python.Run(Load + OneLayerAttention + """
            tensors = lambda state: {name: torch.tensor(x) for name, x in state.items()}
            def score(model, number):
                x = torch.tensor(sequences["sequences"][number][::2]).long()
                y = model(x)[:, :-1]
                loss = F.cross_entropy(y.transpose(1, 2), x[:, 1:], reduction="none").mean(1)
                return loss.detach().numpy(), (y.argmax(-1) == x[:, 1:]).float().mean(1).numpy()
            model = OneLayerAttention(); model.load_state_dict(tensors(data["model_state_dict"]))
            metrics = data["logs"][-1]["test_metrics"]
            loss, accuracy = (np.concatenate(z) for z in zip(score(model, 0), score(model, 1)))
            np.testing.assert_allclose(metrics["logsoftmaxloss"], loss, rtol=1e-5)
            np.testing.assert_allclose(metrics["accuracy"], accuracy, rtol=1e-6)
            before = data["mlp_state_dict"]["pre_switch"]               # the swap experiment
            model.linear_modules.load_state_dict(tensors(before["linear_modules"]))
            model.lm_head.load_state_dict(tensors(before["lm_head"]))
            column = np.genfromtxt(f"{dir_name}/metrics.csv", delimiter=",", names=True,
                                   dtype=None, encoding="utf8")["swap_accuracy"]
            np.testing.assert_allclose(column[-1], score(model, 0)[1].mean(), rtol=1e-6)
            print(metrics["set"].tolist(), metrics["rank"].tolist(),
                  [len(x) for x in data["logs"][1]["appearances"]],
                  int(data["logs"][2]["num_apppearances"].sum()))
            """, Analysis, place.At("results/switching/trials/00000")).ShouldBe(
            "[0, 0, 0, 0, 1, 1, 1, 1] [0, 2, 4, 6, 0, 2, 4, 6] "
            + $"[{string.Join(", ", Enumerable.Repeat(5, 10))}] 100");
    }

    private static string Analysis => Path.Combine(Repository.Root, "analysis");

    private static async Task RunIn(Workplace place, string spec)
    {
        place.Write("switching.yaml", spec);
        (await place.Run("run", "switching.yaml")).ShouldBeFine();
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
