using System.Collections.Immutable;
using Mneme.Specs;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>An attention that sees little, and a memory that is trained while it reads: what does
/// the memory add, and where should it sit? As context of the attention (mac), as a gate on it
/// (mag), as a layer before it (mal), or alone (memory)? Two tasks: a needle, a pair told early and
/// asked for when no attention sees it any more; and a sequence whose law is new in every sample
/// and must be learned while reading.</summary>
/// <remarks>Source: "Titans: Learning to Memorize at Test Time" (arXiv 2501.00663), section 4. One
/// block. As written there, mac shows a segment's first token what was recalled for its last one;
/// here a token sees what was recalled for it and those before, so that nothing looks ahead.
/// </remarks>
public sealed class TitansSequence : ExperimentFamily
{
    public override FamilySchema Schema { get; } = new(
        "titans-sequence",
        "What does a memory that is trained while it reads add to a short attention?",
        DefaultSteps: 600,
        DefaultMeasureEvery: 50,
        Settings:
        [
            Shape("task", "needle", "'sequence' predicts every next token", "needle", "sequence"),
            Shape("variant", "memory", "where the memory sits; 'attention' has none",
                "memory", "mac", "mag", "mal", "attention"),
            Size("length", 32, "tokens of a sample", 8, 4096),
            Size("segment", 8, "tokens that an attention sees", 2, 1024),
            Size("symbols", 8, "of each kind: fillers, keys, values; of a sequence in all", 2, 256),
            Size("pairs", 2, "told; one of them is asked", 1, 16),
            Size("persistent", 2, "learned tokens before all others", 0, 64),
            Size("width", 32, "of tokens, keys and values", 2, 1024),
            Size("heads", 2, "of the attention", 1, 64),
            Size("memory_layers", 1, "1 is the linear memory", 1, 4),
            Size("convolution", 2, "tokens that a key, value or query is made of: a pair is two",
                1, 4),
            Size("chunk", 4, "tokens whose gradients are taken at the same weights", 1, 1024),
            Size("batch_size", 32, "small enough for two cores", 1, 4096),
            Real("learning_rate", 5e-3, 0, 1e30, "outer Adam"),
            Real("clip", 1, 0, 1e30, "largest norm of a lane's gradient"),
            Real("noise", .1, 0, 1, "share of a sequence's steps that follow no law"),
            Real("theta", .5, 0, 1, "the inner learning rate to begin with"),
            Real("eta", .12, 0, 1, "the momentum to begin with"),
            Real("alpha", .018, 0, 1, "the decay to begin with"),
            new("write", SettingKind.Flag, new SettingValue.Flag(true),
                "off: a control; nothing is forgotten either, for what is forgotten tells"),
            Shape("second_order", "full", "'cut' lets no outer gradient through the updates",
                "full", "first_order", "cut"),
        ],
        Measures:
        [
            "loss", "accuracy", "early_accuracy", "late_accuracy", "gradient_key",
            "gradient_value", "gradient_query", "inner_before", "inner_after", "theta", "eta",
            "alpha",
        ],
        new Objective("loss", Maximize: false))
    {
        Rules =
        [
            new SettingRule(["width", "heads"],
                values => Whole(values["width"]) % Whole(values["heads"]) == 0 ? null
                    : $"width is {Whole(values["width"])}, no multiple of "
                        + $"{Whole(values["heads"])} heads",
                "make width a multiple of heads"),
            new SettingRule(["length", "segment", "pairs"],
                values => Whole(values["length"]) % Whole(values["segment"]) == 0
                    && Whole(values["length"]) >= Whole(values["segment"])
                        + 2 * Whole(values["pairs"]) + 2 ? null
                    : "length is no multiple of segment, or has no room for the pairs before the "
                        + "last segment",
                "make length a multiple of segment, and longer"),
            new SettingRule(["pairs", "symbols"],
                values => Whole(values["pairs"]) <= Whole(values["symbols"]) ? null
                    : "there are more pairs than symbols", "have at most as many pairs"),
        ],
    };

    public override CohortModel Create(Lanes lanes) => new TitansSequenceCohort(lanes);

    private static long Whole(SettingValue value) => ((SettingValue.Integer)value).Value;

    private static SettingSchema Size(
        string name, long value, string reason, long minimum, long maximum) =>
        new(name, SettingKind.Integer, new SettingValue.Integer(value), reason, minimum, maximum,
            ChangesShape: true);

    private static SettingSchema Real(
        string name, double value, double least, double most, string reason) =>
        new(name, SettingKind.Real, new SettingValue.Real(value), reason, least, most);

    private static SettingSchema Shape(
        string name, string value, string reason, params ImmutableArray<string> choices) =>
        new(name, SettingKind.Text, new SettingValue.Text(value), reason, Choices: choices,
            ChangesShape: true);
}
