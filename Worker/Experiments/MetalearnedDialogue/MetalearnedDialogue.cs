using System.Collections.Immutable;
using Mneme.Specs;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>A dialogue of two turns, "my name is N" and "what is my name ?", answered by an encoder
/// and a decoder whose only link over the turn is a context vector and a memory of weights. Which
/// of the two remembers the name?</summary>
/// <remarks>Source: github.com/clam004/meta-learned-memory, the dialogue of its notebook. There a
/// turn begins with one step of the memory, before a word of it is read, and the context vector is
/// carried to the next turn: it alone can hold the name. With 'after' the memory also takes a step
/// at the turn's end, and can be asked to remember alone (carry: memory).</remarks>
public sealed class MetalearnedDialogue : ExperimentFamily
{
    public override FamilySchema Schema { get; } = new(
        "metalearned-dialogue",
        "What remembers a name over a turn, the context vector or the weights of the memory?",
        DefaultSteps: 400,
        DefaultMeasureEvery: 20,
        Settings:
        [
            Size("names", 8, "as the source; 13 other words make 21 tokens", 2, 4096),
            Size("hidden_size", 32, "the source's dialogue has 16", 2, 1024),
            Size("heads", 2, "of the memory; also of the attentions", 1, 64),
            Size("layers", 2, "of each encoder and of the decoder, as the source", 1, 12),
            Size("feed_forward", 64, "the source has 2048, too wide for two cores", 1, 65536),
            Size("batch_size", 32, "as the source", 1, 65536),
            Real("learning_rate", 2e-3, 0, 1e30, "Adam; the source has 1e-2"),
            Real("clip", 1, 0, 1e30, "as the source: largest norm of a lane's gradient"),
            Real("reconstruction_weight", 4, 0, 1e9, "as the source, on the mean of the writes"),
            Shape("steps_of_memory", "before", "a turn; 'both': one at its end too",
                "before", "both"),
            Lane("carry", "all", "what outlives a turn: the source keeps the context vector",
                "all", "context", "memory", "none"),
            Lane("scale", "2/hd", "of a write; 'none': the equation as printed",
                "2/hd", "1/hd", "1/h", "none"),
            Flag("learn_scale", "one factor for each layer, which begins as 'scale' says"),
            Shape("activation", "sigmoid", "as the source", "tanh", "sigmoid"),
            Shape("rule", "local", "MNM-p; 'gradient' is MNM-g", "local", "gradient"),
            Shape("write_rate", "step", "one for all layers, as the source", "step", "layer"),
            Shape("read", "mean", "over heads, as the source", "mean", "concat"),
            Flag("train_start", "whether the memory's first weights are learned"),
            new("write", SettingKind.Flag, new SettingValue.Flag(true), "off: a control"),
        ],
        Measures:
        [
            "loss", "accuracy", "name_accuracy", "first_turn_accuracy", "reconstruction_before",
            "reconstruction_after", "write_rate", "gradient_norm",
        ],
        new Objective("accuracy", Maximize: true))
    {
        Rules =
        [
            new SettingRule(["hidden_size", "heads"],
                values => Whole(values["hidden_size"]) % Whole(values["heads"]) == 0 ? null
                    : $"hidden_size is {Whole(values["hidden_size"])}, no multiple of "
                        + $"{Whole(values["heads"])} heads",
                "make hidden_size a multiple of heads"),
        ],
    };

    public override CohortModel Create(Lanes lanes) => new DialogueCohort(lanes);

    private static long Whole(SettingValue value) => ((SettingValue.Integer)value).Value;

    private static SettingSchema Size(
        string name, long value, string reason, long minimum, long maximum) =>
        new(name, SettingKind.Integer, new SettingValue.Integer(value), reason, minimum, maximum,
            ChangesShape: true);

    private static SettingSchema Real(
        string name, double value, double least, double most, string reason) =>
        new(name, SettingKind.Real, new SettingValue.Real(value), reason, least, most);

    private static SettingSchema Flag(string name, string reason) =>
        new(name, SettingKind.Flag, new SettingValue.Flag(false), reason, ChangesShape: true);

    private static SettingSchema Lane(
        string name, string value, string reason, params ImmutableArray<string> choices) =>
        new(name, SettingKind.Text, new SettingValue.Text(value), reason, Choices: choices);

    private static SettingSchema Shape(
        string name, string value, string reason, params ImmutableArray<string> choices) =>
        Lane(name, value, reason, choices) with { ChangesShape = true };
}
