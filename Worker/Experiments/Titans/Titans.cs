using System.Collections.Immutable;
using Mneme.Specs;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>A memory is trained by gradient steps inside the forward pass, on how well it recalls
/// a value by its key. Does the outer loss, of what is read from it, reach the maps that make keys
/// and values, and is the memory the better for it?</summary>
/// <remarks>Sources: "Titans: Learning to Memorize at Test Time" (arXiv 2501.00663);
/// github.com/lucidrains/titans-pytorch; a question asked about github.com/aheschl1/titans, whose
/// program assigned the new weights to a parameter's data. That cuts the graph: keys and values get
/// no gradient at all (second_order: cut). A graph of the inner gradient alone does not help
/// either; the updated memory itself must be a tensor of the graph. And a trap: with an inner L1
/// loss the gradient of the value map is not missing but exactly zero, for the sign function is
/// flat (inner_loss: l1).</remarks>
public sealed class Titans : ExperimentFamily
{
    public override FamilySchema Schema { get; } = new(
        "titans",
        "Does an outer loss train the keys and values of a memory that is trained inside?",
        DefaultSteps: 300,
        DefaultMeasureEvery: 10,
        Settings:
        [
            Size("pairs", 4, "told in an episode; one of them is asked", 1, 256),
            Size("key_size", 8, "keys are drawn anew for every sample: no weight can know them"),
            Size("value_size", 4, "entries -1 or 1"),
            Size("memory_size", 16, "width of keys and values inside the memory"),
            Size("memory_layers", 1, "1 is the linear memory; the paper finds 2 and more better",
                1, 4),
            Size("batch_size", 32, "small enough for two cores", 1, 65536),
            Real("learning_rate", 1e-2, 0, 1e30, "outer Adam; the paper's language models: 4e-4"),
            Size("chunk", 1, "1 is exact; longer ones take all gradients at the chunk's start", 1,
                256),
            Shape("inner_loss", "l2", "as the paper: summed over the width, per sample",
                "l2", "l2_mean", "l1", "l1_mean"),
            Shape("second_order", "full", "'cut' is the question's fault, a control",
                "full", "first_order", "cut"),
            Shape("memory_start", "learned", "or zero, or a fixed draw",
                "learned", "zero", "random"),
            Shape("coefficients", "data", "per token, as the paper; 'constant' as the question",
                "data", "constant"),
            Real("theta", .5, 0, 1, "the inner learning rate to begin with: strong writes"),
            Real("eta", .12, 0, 1, "the momentum to begin with"),
            Real("alpha", .018, 0, 1, "the decay to begin with: little is forgotten"),
            Lane("momentum", "off: the surprise is the present gradient alone"),
            Lane("decay", "off: nothing is forgotten"),
            Lane("write", "off: a control"),
            Lane("ascend", "on: the posted sign, up the inner loss", on: false),
            new("normalise", SettingKind.Flag, new SettingValue.Flag(true),
                "keys and queries have length 1, as the paper", ChangesShape: true),
            new("silu", SettingKind.Flag, new SettingValue.Flag(false),
                "SiLU on queries, keys and values, as the paper's models", ChangesShape: true),
            Shape("surprise", "reset", "'kept' carries it into the next batch: the posted fault",
                "reset", "kept"),
            Real("threshold", .3, 0, 1e9, "of steps_below: a mean of 10 steps below it"),
        ],
        Measures:
        [
            "loss", "accuracy", "loss_of_10", "steps_below", "gradient_key", "gradient_value",
            "gradient_query", "gradient_output", "gradient_start", "gradient_gates",
            "inner_before", "inner_after", "theta", "eta", "alpha", "surprise_norm",
            "oldest_accuracy", "newest_accuracy", "unstable_share", "online_accuracy",
        ],
        new Objective("loss", Maximize: false))
    {
        SetMeasures = ["set_accuracy", "set_loss", "set_ceiling", "set_chance"],
        Switches =
        [
            new SwitchSchema("negate", "The answer is minus the stored value, or it again.",
                SetUse.Fresh, []),
            new SwitchSchema("return", "An earlier set comes back.", SetUse.Earlier, []),
        ],
    };

    public override CohortModel Create(Lanes lanes) => new TitansCohort(lanes);

    private static SettingSchema Size(
        string name, long value, string reason, long minimum = 1, long maximum = 4096) =>
        new(name, SettingKind.Integer, new SettingValue.Integer(value), reason, minimum, maximum,
            ChangesShape: true);

    private static SettingSchema Real(
        string name, double value, double least, double most, string reason) =>
        new(name, SettingKind.Real, new SettingValue.Real(value), reason, least, most);

    private static SettingSchema Lane(string name, string reason, bool on = true) =>
        new(name, SettingKind.Flag, new SettingValue.Flag(on), reason);

    private static SettingSchema Shape(
        string name, string value, string reason, params ImmutableArray<string> choices) =>
        new(name, SettingKind.Text, new SettingValue.Text(value), reason, Choices: choices,
            ChangesShape: true);
}
