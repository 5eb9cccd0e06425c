using System.Runtime.InteropServices;
using Mneme.Results;
using Mneme.Specs;

namespace Mneme.Coordinator.Export.SeedLayout;

/// <summary>A trial of the family <c>sequence-switch</c> with the keys and shapes of the published
/// <c>main_freeze</c> files: <c>args</c>, <c>logs</c>, <c>model_state_dict</c> and, when a switch
/// kept the model, <c>mlp_state_dict</c>.</summary>
internal static class SequenceSwitchPickle
{
    public static PickleValue.Dict Of(SeedTrial trial)
    {
        var all = new PickleValue.Dict
        {
            ["args"] = trial.Arguments(),
            ["logs"] = new PickleValue.List(
                trial.Points.Select((_, record) => (PickleValue)Record(trial, record))),
            ["model_state_dict"] = Model(trial),
        };
        // The newest of several saves: the published programs keep one.
        var save = trial.Phases.LastOrDefault(phase => phase.Start.Save is not null)?.Start.Save;
        if (save is not null)
            all["mlp_state_dict"] = new PickleValue.Dict
            {
                ["pre_switch"] = new PickleValue.Dict
                {
                    ["linear_modules"] = StateDict(trial, $"saved/{save}/", "linear_modules."),
                    ["lm_head"] = StateDict(trial, $"saved/{save}/", "lm_head."),
                },
            };
        return all;
    }

    // Evaluation before training, and the training that followed it.
    private static PickleValue.Dict Record(SeedTrial trial, int record)
    {
        var point = trial.Points[record];
        var isLast = record + 1 == trial.Points.Length;
        var log = new PickleValue.Dict
        {
            ["epoch"] = (long)record,
            ["step"] = trial.Result.Steps[point],
            ["lr"] = ((SettingValue.Real)trial.Setting("learning_rate")).Value,
            ["num_apppearances"] = Appearances(trial, point),
            ["train_loss"] = isLast ? PickleValue.None : TrainLoss(trial, point + 1),
            ["loss_per_appearance"] = Batches(trial, point + 1, "batch_losses"),
            ["appearances"] = Batches(trial, point + 1, "batch_ranks"),
            ["test_metrics"] = TestMetrics(trial, point),
        };
        if (isLast && trial.PhaseOf(point).Set == PhaseStart.Apart)
            log["probe_metrics"] = ProbeMetrics(trial);
        return log;
    }

    private static PickleValue Appearances(SeedTrial trial, int point) =>
        trial.Records.Get(point, "appearances") is { } counts
            ? NamedArray.Of<double>(
                "num_apppearances", Numbers(counts), counts.Shape[0])
            : PickleValue.None;

    private static double[] Numbers(NamedArray counts) =>
        [.. counts.As<int>().ToArray().Select(count => (double)count)];

    private static PickleValue TrainLoss(SeedTrial trial, int point) =>
        trial.Records.Get(point, "train_loss") is { } loss
            ? loss.As<double>()[0]
            : PickleValue.None;

    // [step, batch] as a list of batches.
    private static PickleValue.List Batches(SeedTrial trial, int point, string name) =>
        trial.Records.Get(point, name) is { } batches && batches.Shape[0] > 0
            ? new(Enumerable.Range(0, (int)batches.Shape[0])
                .Select(step => (PickleValue)batches.Lane(step)))
            : [];

    // The rows of the sets met so far, set after set, as if they were one list.
    private static PickleValue.Dict TestMetrics(SeedTrial trial, int point)
    {
        var rows = Rows(trial, point);
        return new PickleValue.Dict
        {
            ["sequence_rank"] = NamedArray.Of<long>(
                "", [.. Enumerable.Range(0, rows.Count).Select(row => (long)row)], rows.Count),
            ["set"] = Column<long>(trial, point, "set", rows),
            ["rank"] = Column<long>(trial, point, "sequence_rank", rows),
            ["length"] = ((SettingValue.Integer)trial.Setting("sequence_length")).Value,
            ["logsoftmaxloss"] = Column<float>(trial, point, "row_loss", rows),
            ["accuracy"] = Column<float>(trial, point, "row_accuracy", rows),
        };
    }

    private static List<int> Rows(SeedTrial trial, int point)
    {
        if (trial.Records.Get(point, "set") is not { } sets) return [];
        var numbers = MemoryMarshal.Cast<byte, long>(sets.Bytes.Span).ToArray();
        return [.. trial.SetsUntil(point).SelectMany(set =>
            Enumerable.Range(0, numbers.Length).Where(row => numbers[row] == set))];
    }

    private static PickleValue Column<T>(
        SeedTrial trial, int point, string name, List<int> rows) where T : unmanaged
    {
        if (trial.Records.Get(point, name) is not { } all) return PickleValue.None;
        var values = all.As<T>().ToArray();
        return NamedArray.Of<T>(name, [.. rows.Select(row => values[row])], rows.Count);
    }

    // Accuracies of a probe's batches up to the one at which it had learned; the index of that
    // batch, or of the last one when it never did.
    private static PickleValue.Dict ProbeMetrics(SeedTrial trial)
    {
        var own = Enumerable.Range(0, trial.Result.Steps.Length)
            .Where(point => trial.Result.Phases[point] == trial.Phases.Length - 1);
        float[] accuracies = [.. own.SelectMany(point =>
            trial.Records.Get(point, "batch_accuracy")?.As<float>().ToArray() ?? [])];
        var reached = trial.Value(trial.Result.Steps.Length - 1, "probe_iterations");
        var last = double.IsNaN(reached) ? accuracies.Length - 1 : (int)reached;
        return new PickleValue.Dict
        {
            ["accuracy"] = new PickleValue.List(
                accuracies.Take(last + 1).Select(accuracy => (PickleValue)(double)accuracy)),
            ["num_iters_required"] = (long)last,
        };
    }

    // The original's one-layer net holds a norm that it never uses: loading its state dict needs
    // the keys.
    private static PickleValue.Dict Model(SeedTrial trial)
    {
        var dict = StateDict(trial, "");
        var norm = trial.State.FirstOrDefault(array => array.Name == "ln_f.weight");
        if (norm is null || trial.State.All(array => array.Name != "c_attn.weight")) return dict;
        var (ones, zeros) = (new float[norm.Shape[0]], new float[norm.Shape[0]]);
        Array.Fill(ones, 1);
        dict["pre_attn_ln.weight"] = NamedArray.Of<float>("", ones, ones.Length);
        dict["pre_attn_ln.bias"] = NamedArray.Of<float>("", zeros, zeros.Length);
        return dict;
    }

    private static PickleValue.Dict StateDict(SeedTrial trial, string under, string only = "")
    {
        var dict = new PickleValue.Dict();
        foreach (var array in trial.State)
            if (array.Name.StartsWith(under + only, StringComparison.Ordinal)
                && IsParameter(array.Name[under.Length..]))
                dict[array.Name[(under.Length + only.Length)..]] = array;
        return dict;
    }

    private static bool IsParameter(string name) =>
        !name.Contains('/', StringComparison.Ordinal)
        && (name.EndsWith(".weight", StringComparison.Ordinal)
            || name.EndsWith(".bias", StringComparison.Ordinal));
}
