using System.Collections.Immutable;
using Mneme.Specs;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>A text is run through a GPT once, and what its attention made of it, keys and values,
/// is stored. Later only a question stands in the context, and a few values are replaced by
/// mixtures of stored ones. Is the asked fact retrieved, or do its words only become likelier? A
/// small GPT learns, from windows whose facts are paired anew each time, to repeat facts of its
/// context; then it is frozen and asked, paired with controls.</summary>
/// <remarks>Source: github.com/MTMTransformer/MTMTransformer (Paul Eggers 2024, MIT, built on
/// nanoGPT) and its write-up, which has questions of a real GPT-2 and no such controls. Token 0 of
/// every text is a line's end: attention uses the first token as a place to rest, whatever it is.
/// </remarks>
public sealed class Gpt2Knn : ExperimentFamily
{
    public override FamilySchema Schema { get; } = new(
        "gpt2-knn",
        "Does a store of keys and values answer a question, or only prime its words?",
        DefaultSteps: 7500,
        DefaultMeasureEvery: 250,
        Settings:
        [
            Size("layers", 3, "the least that shows induction and sinks", 1, 96),
            Size("heads", 4, "of 16 numbers each", 1, 128),
            Size("width", 64, "a multiple of heads", 1, 8192),
            Size("context", 64, "places that are learned; texts have up to 33 tokens", 33, 8192),
            Size("subjects", 40, "what facts are about", 8, 4096),
            Size("objects", 40, "what they say of it", 8, 4096),
            Size("spares", 3, "tokens that never occur: 86 in all", 0, 4096),
            Size("batch_size", 32, "windows of a step", 1, 4096),
            Real("learning_rate", 1e-3, 0, 1e30, "AdamW"),
            Real("weight_decay", .01, 0, 1e30, "as PyTorch's AdamW"),
            Real("warm_up", 100, 1, 1e9, "steps until the whole learning rate"),
            Real("clip", 1, 0, 1e30, "largest norm of a lane's gradient"),
        ],
        Measures:
        [
            "loss", "accuracy", "p_answer", "top1", "top1_low", "top1_high", "p_stored",
            "answer_of_stored", "p_stored_of_objects", "selected_share", "searches_per_token",
            "sink", "questions",
        ],
        new Objective("accuracy", Maximize: true))
    {
        Rules = [HeadsShareTheWidth],
        Switches =
        [
            new SwitchSchema("ask", "The net is frozen; each step asks it one question.",
                SetUse.Keep,
            [
                Text("method", "type2", "what answers; 'none': the question alone",
                    "none", "context", "type1", "type2", "type3", "replace"),
                Text("memory", "right", "what is stored; 'shuffled': values of other rows",
                    "right", "irrelevant", "shuffled"),
                Number("facts", 1, "stored, or in the context; one of them is asked", 1, 4),
                Text("draw", "report", "settings are chosen on the other draw of facts",
                    "report", "choose"),
                new("active_layers", SettingKind.Integers, new SettingValue.Integers([2, 3]),
                    "numbered from 1", 1, 63),
                Number("neighbours", 5, "k; at most as many as rows are stored", 0, 4096),
                Real("bookkeeping_filter", 0, 0, 1, "BF: 0 is none, 1 never selects token 0"),
                Real("minimum_factor", 5, 0, 1e9, "MF: larger selects more, 0 token 0 alone"),
                Real("sharpness", 1000, 0, 1e9, "TS: the template of recall; types 1 and 3 less"),
                Real("residual", .1, 0, 1, "r, the weight of a token's own value; 0 with type1"),
            ]),
        ],
    };

    private static readonly SettingRule HeadsShareTheWidth = new(
        ["width", "heads"],
        values => Whole(values["width"]) % Whole(values["heads"]) == 0 ? null
            : $"width is {Whole(values["width"])}, no multiple of {Whole(values["heads"])} heads",
        "make width a multiple of heads");

    public override CohortModel Create(Lanes lanes) => new Gpt2KnnCohort(lanes);

    private static long Whole(SettingValue value) => ((SettingValue.Integer)value).Value;

    private static SettingSchema Size(
        string name, long value, string reason, long minimum, long maximum) =>
        Number(name, value, reason, minimum, maximum) with { ChangesShape = true };

    private static SettingSchema Number(
        string name, long value, string reason, long minimum, long maximum) =>
        new(name, SettingKind.Integer, new SettingValue.Integer(value), reason, minimum, maximum);

    private static SettingSchema Real(
        string name, double value, double least, double most, string reason) =>
        new(name, SettingKind.Real, new SettingValue.Real(value), reason, least, most);

    private static SettingSchema Text(
        string name, string value, string reason, params ImmutableArray<string> choices) =>
        new(name, SettingKind.Text, new SettingValue.Text(value), reason, Choices: choices);
}
