using System.Collections.Immutable;
using Mneme.Specs;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>Which part of learning survives when all that was learned is replaced: the skill or
/// the stored content? A transformer that memorises sequences of bits is reduced to its presumed
/// parts: a queue of the sequences seen, learned weights of positions (A for the query, B for the
/// keys), and one softmax that retrieves. Then all sequences are redrawn.</summary>
/// <remarks>Source: "Phenomenological Model of Memorization" and <c>main_dam</c>,
/// <c>main_infonce</c> of github.com/anhhuyalex/renormalization.</remarks>
public sealed class Dam : ExperimentFamily
{
    public override FamilySchema Schema { get; } = new(
        "dam",
        "What survives when all sequences are replaced: the skill or the stored content?",
        DefaultSteps: 10_000,
        DefaultMeasureEvery: 100,
        Settings:
        [
            Size("sequence_length", 50, "as published: bits of a sequence", minimum: 2),
            Size("sequences", 500, "as published: sequences of a set", maximum: 1 << 20),
            Size("memory_size", 3000, "as published: six times the sequences", maximum: 1 << 20),
            Size("heads", 30, "as published; the figures have 1, 5, 10, 30 and 100"),
            Size("batch_size", 50, "as published; drawn with replacement", maximum: 65536),
            Real("eta", 10, 1e9, "as published: sharpness of the retrieval, often 1 to 100"),
            Real("learning_rate", 1e-2, 1e30, "as published; Adam"),
            Real("init_std", .1, 1e3, "as published; .01 in figures with 1, 10 and 30 heads"),
            Choice("sampling", "uniform", "as the published code; the text has unequal chances",
                "uniform", "zipf"),
            Real("zipf_exponent", 1, 10, "with zipf, sequence i comes as often as 1 / (i + 1)^it"),
            new("include_n0", SettingKind.Flag, new SettingValue.Flag(false),
                "as the published code: no bit is predicted from nothing (queue only)"),
            Choice("initial_memory", "empty", "'zeros' as in the text take probability away",
                "empty", "zeros") with { ChangesShape = true },
            Choice("variant", "queue", "'infonce' stores the whole set and names the sequence",
                "queue", "infonce") with { ChangesShape = true },
        ],
        Measures:
        [
            "loss", "accuracy", "ceiling", "accuracy_of_ceiling", "sharpness", "head_correlation",
            "memory_fill", "distinct_stored", "present_stored", "clamped_share",
            "online_accuracy", "samples", "memory_bytes", "memory_writes",
        ],
        new Objective("accuracy", Maximize: true))
    {
        SetMeasures = ["set_accuracy", "set_loss", "set_ceiling", "set_chance"],
        CanJoin = true,
        Rules = [MemoryHoldsABatch],
        Switches =
        [
            new SwitchSchema("redraw", "All sequences are replaced by new ones.", SetUse.Fresh,
                Replacing),
            new SwitchSchema("return", "An earlier set comes back.", SetUse.Earlier, Replacing),
            new SwitchSchema("clear", "The memory goes back to its start; nothing else changes.",
                SetUse.Keep, []),
            new SwitchSchema("freeze", "A part stops to learn; set and memory stay.", SetUse.Keep,
            [
                Choice("part", "A", "what learns on gets a fresh optimiser, as with mode freeze_A",
                    "A", "B", "both"),
            ]),
        ],
    };

    private static ImmutableArray<SettingSchema> Replacing =>
    [
        Choice("mode", "learn", "'none': the memory fills, and nothing learns",
            "learn", "freeze_A", "freeze_B", "none", "scratch"),
        new("clear_memory", SettingKind.Flag, new SettingValue.Flag(true),
            "as published: the memory goes back to its start"),
    ];

    private static readonly SettingRule MemoryHoldsABatch = new(
        ["memory_size", "batch_size", "variant"],
        values =>
        {
            var (memory, batch) = (Whole(values["memory_size"]), Whole(values["batch_size"]));
            return memory >= batch || values["variant"] is not SettingValue.Text { Value: "queue" }
                ? null
                : $"memory_size is {memory}, less than the {batch} sequences of a batch";
        },
        "make memory_size at least batch_size: of each batch only the last rows would be stored");

    private static long Whole(SettingValue value) => ((SettingValue.Integer)value).Value;

    public override CohortModel Create(Lanes lanes) => new DamCohort(lanes);

    private static SettingSchema Size(
        string name, long value, string reason, long minimum = 1, long maximum = 1024) =>
        new(name, SettingKind.Integer, new SettingValue.Integer(value), reason, minimum, maximum,
            ChangesShape: true);

    private static SettingSchema Real(string name, double value, double most, string reason) =>
        new(name, SettingKind.Real, new SettingValue.Real(value), reason, 0, most);

    private static SettingSchema Choice(
        string name, string value, string reason, params string[] choices) =>
        new(name, SettingKind.Text, new SettingValue.Text(value), reason, Choices: [.. choices]);
}
