using Mneme.Results;
using Mneme.Specs;

namespace Mneme.Coordinator.Export.SeedLayout;

/// <summary>A trial of the family <c>dam</c> with the keys and shapes of the published
/// <c>main_dam</c> files: <c>args</c>, <c>logs</c> (here a record for each point, not for each
/// step) and <c>model_state_dict</c>.</summary>
internal static class DamPickle
{
    // Of a point's records: means by position, under the original's names.
    private static readonly string[] Arrays =
        ["A_logits_mean", "B_logits_mean", "A_correlation_offdiag_mean"];

    public static PickleValue.Dict Of(SeedTrial trial) => new()
    {
        ["args"] = trial.Arguments(),
        ["logs"] = new PickleValue.List(Enumerable.Range(0, trial.Result.Steps.Length)
            .Select(point => (PickleValue)Record(trial, point))),
        ["model_state_dict"] = StateDict(trial),
    };

    private static PickleValue.Dict Record(SeedTrial trial, int point)
    {
        var first = Array.IndexOf(trial.Result.Phases, trial.Result.Phases[point]);
        var record = new PickleValue.Dict
        {
            ["step"] = trial.Result.Steps[point] - trial.Result.Steps[first],
            ["phase"] = Learns(trial.PhaseOf(point)) ? "train" : "eval",
            ["loss"] = Number(trial, point, "loss"),
            ["accuracy"] = Number(trial, point, "accuracy"),
            ["A_sharpness"] = Number(trial, point, "sharpness"),
            ["A_correlation_mean"] = Number(trial, point, "head_correlation"),
        };
        foreach (var name in Arrays)
            record[name] = trial.Records.Get(point, name) is { } array ? array : PickleValue.None;
        return record;
    }

    private static bool Learns(PhaseSpec phase) =>
        phase.Switch?.Settings.Any(setting =>
            setting is { Name: "mode", Value: SettingValue.Text { Value: "none" } }) != true;

    private static PickleValue Number(SeedTrial trial, int point, string column)
    {
        var value = trial.Value(point, column);
        return double.IsNaN(value) ? PickleValue.None : value;
    }

    private static PickleValue.Dict StateDict(SeedTrial trial)
    {
        var dict = new PickleValue.Dict();
        foreach (var array in trial.State)
            if (array.Name is "A_logits" or "B_logits"
                || array.Name.StartsWith("memory/", StringComparison.Ordinal))
                dict[array.Name.Replace('/', '_')] = array;
        return dict;
    }
}
