using System.Collections.Immutable;
using Mneme.Specs;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>A transformer memorises random sequences of bits; then all of them are replaced. Are
/// the new ones learned faster, are the old ones lost everywhere, and where in the net is what
/// stays?</summary>
/// <remarks>Source: "Main_freeze", folder <c>icl_memorization</c> of
/// github.com/anhhuyalex/renormalization.</remarks>
public sealed class SequenceSwitch : ExperimentFamily
{
    private static readonly string[] Parts = [.. Enum.GetValues<SequencePart>()
        .Select(SequenceLearning.Name)];

    public override FamilySchema Schema { get; } = new(
        "sequence-switch",
        "Are new sequences learned faster than the first, and can the old ones be rescued?",
        DefaultSteps: 39_100,
        DefaultMeasureEvery: 391,
        Settings:
        [
            Size("sequences", 100_000, "as published: sequences of a set", 1, 1 << 20),
            Size("sequence_length", 100, "as published: bits of a sequence", 2, 4096),
            Choice("distribution", "zipf", "as published; probes are uniform", "zipf", "uniform"),
            Real("zipf_exponent", 1, 10, "as published: rank r comes as often as 1 / (r + 1)^it"),
            Size("batch_size", 256, "as published; drawn with replacement", 1, 65536),
            Choice("architecture", "one_layer", "as published; gpt in some figures",
                "one_layer", "gpt", "heads_mlp_gpt") with { ChangesShape = true },
            Size("heads", 4, "published figures have 1, 2, 6, 10, 14 and 18", 1, 1024),
            Size("features", 16, "of a head; published figures have 1, 2, 4, ... 512", 1, 4096),
            new("mlp_size", SettingKind.Integer, new SettingValue.Nothing(),
                "null: as wide as the stream, heads * features", 1, 65536, Optional: true,
                ChangesShape: true),
            Size("mlp_layers", 3, "as published; of one_layer", 1, 64),
            Size("layers", 12, "as published; of gpt (heads_mlp_gpt: 6)", 1, 256),
            Choice("attention", "learned", "'zero_frozen' sees no input, 'zero_trainable' may",
                "learned", "zero_frozen", "zero_trainable"),
            Real("init_std", .02, 1e3, "as published; biases start at 0"),
            Real("learning_rate", 1e-3, 1e30, "as published; Adam"),
            Real("weight_decay", 0, 1e30, "as published"),
            Size("eval_stride", 10, "as published: every tenth sequence is measured", 1, 1 << 20),
            Size("log_appearances", 0, "steps whose ranks and losses a point keeps", 0, 1 << 16),
        ],
        Measures: SequenceMeasures.Names,
        new Objective("accuracy", Maximize: true))
    {
        SetMeasures = SequenceMeasures.OfSets,
        CanSave = true,
        CanJoin = true,
        Switches =
        [
            new("redraw", "All sequences are replaced by new ones.", SetUse.Fresh, Learning()),
            new("return", "The sequences of an earlier set come back.", SetUse.Earlier,
                Learning()),
            new("freeze", "Parts of the net stop learning; the set is kept.", SetUse.Keep,
                Learning("attention")),
            new("swap", "Parts are put back as they were saved.", SetUse.Keep,
            [
                new("saved", SettingKind.Text, new SettingValue.Text(""), "the name of a save"),
                PartsOf("parts", "as published: what may hold the memory", "mlp", "head"),
                .. Learning(),
            ]) { SavedIn = "saved" },
            new("probe", "How fast new sequences, the same for all, are learned.", SetUse.Apart,
            [
                Number("sequences", 1000, "as published", 1, 1 << 20),
                PartsOf("freeze", "as published: is attention a skill?", "attention"),
                Real("learning_rate", 1e-3, 1e30, "as published; a fresh Adam"),
                Real("threshold", .95, 1, "as published: mean accuracy of ten batches"),
            ]),
        ],
    };

    public override CohortModel Create(Lanes lanes) => new SequenceSwitchCohort(lanes);

    private static ImmutableArray<SettingSchema> Learning(params string[] frozen) =>
    [
        PartsOf("freeze", "parts that do not learn in this phase", frozen),
        Choice("optimiser", "keep", "as published: moments and counters go on", "keep", "fresh"),
    ];

    private static SettingSchema PartsOf(string name, string reason, params string[] parts) =>
        new(name, SettingKind.Texts, new SettingValue.Texts([.. parts]), reason,
            Choices: [.. Parts]);

    private static SettingSchema Size(
        string name, long value, string reason, long minimum, long maximum) =>
        Number(name, value, reason, minimum, maximum) with { ChangesShape = true };

    private static SettingSchema Number(
        string name, long value, string reason, long minimum, long maximum) =>
        new(name, SettingKind.Integer, new SettingValue.Integer(value), reason, minimum, maximum);

    private static SettingSchema Real(string name, double value, double most, string reason) =>
        new(name, SettingKind.Real, new SettingValue.Real(value), reason, 0, most);

    private static SettingSchema Choice(
        string name, string value, string reason, params string[] choices) =>
        new(name, SettingKind.Text, new SettingValue.Text(value), reason, Choices: [.. choices]);
}
