using Mneme.Specs;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>Can two neurons hold one token? The network always receives token 0. Before each
/// prediction a few hidden neurons, whose weights start at zero, are trained for one large step of
/// gradient descent to reconstruct a random token x. The ordinary weights must learn to read x out
/// of those neurons and predict (x + 1) mod V. Without the memory the input carries no information,
/// so the best loss is ln V.</summary>
/// <remarks>Source: the notebook "MLP Memory" of github.com/ejmejm/in-weight-memory (May
/// 2024).</remarks>
public sealed class MemoryMlp : ExperimentFamily
{
    public override FamilySchema Schema { get; } = new(
        "memory-mlp",
        "Can a few neurons, rewritten every step, hold one token?",
        DefaultSteps: 5000,
        DefaultMeasureEvery: 100,
        Settings:
        [
            Size("vocab_size", 2, "as published: one bit", minimum: 2, maximum: 4096),
            Size("embedding_dim", 64, "as published", maximum: 65536),
            Sizes("hidden_dims", [128], "as published: one hidden layer"),
            Sizes("memory_dims", [2], "as published: the smallest that can tell two tokens apart",
                minimum: 0),
            Size("batch_size", 1, "as published; each sample has a memory of its own",
                maximum: 65536),
            new("inner_steps", SettingKind.Integer, new SettingValue.Integer(1),
                "as published; more converge faster, 0 writes nothing", 0, 1000),
            new("memory_learning_rate", SettingKind.Real, new SettingValue.Real(10),
                "as published; large because every write starts at zero", 0, 1e9),
            new("learning_rate", SettingKind.Real, new SettingValue.Real(1e-4),
                "as published; Adam", 0, 1e30),
            Choice("reset", "every_step", "as published; 'never' kills the neurons",
                "every_step", "never"),
            Choice("write", "token", "'unrelated' writes another random token: a control",
                "token", "unrelated"),
            Choice("memory_head", "random", "frozen at its random start; 'zero' can encode nothing",
                "random", "zero"),
            new("second_order", SettingKind.Flag, new SettingValue.Flag(false),
                "as published: the outer gradient does not pass through the write",
                ChangesShape: true),
            new("target_switch_at", SettingKind.Integer, new SettingValue.Nothing(),
                "at this step the target becomes x itself", 0, 1e9, Optional: true),
        ],
        Measures:
        [
            "loss", "accuracy", "reconstruction_loss", "memory_activation", "silent_fraction",
            "first_perfect_run",
        ],
        new Objective("loss", Maximize: false));

    public override CohortModel Create(Lanes lanes) => new MemoryMlpCohort(lanes);

    private static SettingSchema Size(
        string name, long value, string reason, long minimum = 1, long maximum = 1024) =>
        new(name, SettingKind.Integer, new SettingValue.Integer(value), reason, minimum, maximum,
            ChangesShape: true);

    private static SettingSchema Sizes(
        string name, long[] values, string reason, long minimum = 1) =>
        new(name, SettingKind.Integers, new SettingValue.Integers([.. values]), reason,
            minimum, 65536, ChangesShape: true);

    private static SettingSchema Choice(
        string name, string value, string reason, params string[] choices) =>
        new(name, SettingKind.Text, new SettingValue.Text(value), reason, Choices: [.. choices]);
}
